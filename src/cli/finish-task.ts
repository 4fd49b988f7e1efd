import type { RunApiClient } from '../client'
import type { Task } from '../task/task'
import { orPrint } from './or-print'
import { printJson } from './output'
import type { Progress } from './progress'
import { resultOf } from './result-of'
import { type SaveOptions, saveVideos } from './save-videos'
import { waitInSight } from './wait-in-sight'

export interface Finishing {
  runapi: RunApiClient
  signal: AbortSignal
  progress: Progress
  timeoutMs: number | undefined
  pollMs: number | undefined
  /** Where the videos go; `undefined` where they are not wanted. */
  save: SaveOptions | undefined
}

/** Waits for the end of a task and prints it; the handle where the wait ends without it. Gives the exit code. */
export const finishTask = async (task: Task, finishing: Finishing): Promise<number> => {
  const { save } = finishing
  const result = resultOf(task, await orPrint(task, () => waitInSight(task, finishing)))
  if (!save) return printJson(result)
  const files = await orPrint(result, () => saveVideos(result.videos, { ...finishing, ...save }))
  return printJson({ ...result, files })
}
