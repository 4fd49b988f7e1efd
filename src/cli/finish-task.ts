import type { RunApiClient } from '../client'
import type { Task } from '../contract/task-handle'
import { printJson } from './output'
import { printOnError } from './print-on-error'
import { resultOf } from './result-of'
import { type SaveOptions, saveVideos } from './save-videos'
import { type Waiting, waitWithProgress } from './wait-with-progress'

export interface Finishing extends Waiting {
  runapi: RunApiClient
  /** Where the videos go; `undefined` where they are not wanted. */
  save: SaveOptions | undefined
}

/** Waits for the end of a task and prints it; the handle where the wait ends without it. Gives the exit code. */
export const finishTask = async (task: Task, finishing: Finishing): Promise<number> => {
  const { save } = finishing
  const result = resultOf(task, await printOnError(task, () => waitWithProgress(task, finishing)))
  if (!save) return printJson(result)
  const files = await printOnError(result, () => saveVideos(result.videos, { ...finishing, ...save }))
  return printJson({ ...result, files })
}
