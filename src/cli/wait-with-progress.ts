import type { Task } from '../contract/task-handle'
import { type CompletedState, isTerminal } from '../contract/task-state'
import { endpointNamed } from '../models'
import type { DownloadedVideo } from '../node'
import { schedules } from '../waiting/poll-schedule'
import type { Service } from './client'
import { UsageError } from './exit-code-of'
import { Interruption } from './interruption'
import { handleDocument, print, printOnError, resultDocument } from './output'
import type { Line } from './read-line'
import { type SaveOptions, saveVideos } from './save-videos'

/** How to wait, and what to do then. */
export interface WaitLine {
  timeoutMs: number | undefined
  pollMs: number | undefined
  /** The path for the videos; `undefined` if they are not wanted. */
  save: SaveOptions | undefined
}

/** The text of a line about the wait. */
export const readWaitLine = (line: Line): WaitLine => {
  const path = line.text('download')
  const overwrite = line.flag('overwrite')
  if (overwrite && path === undefined) throw new UsageError('--overwrite belongs to --download')
  return {
    timeoutMs: line.count('timeout-ms', { from: 1 }),
    pollMs: line.count('poll-ms', { from: 1 }),
    save: path === undefined ? undefined : { path, overwrite },
  }
}

interface Finishing {
  line: Line
  wait: WaitLine
  /** Called with the files before they are printed. */
  onSaved?: (files: readonly DownloadedVideo[]) => Promise<void>
}

/** Waits for the end of a task and prints it; the handle if the wait ends without it. Returns the exit code. */
export const finishTask = async (
  task: Task,
  { line, wait, onSaved, ...service }: Service & Finishing,
): Promise<number> => {
  const state = await printOnError(handleDocument(task), line, () => waitWithProgress(task, wait, service))
  const { save } = wait
  if (!save) return print(resultDocument(task, state), line)
  const result = resultDocument(task, state)
  const files = await printOnError(result, line, () => saveVideos(state.videos, { ...service, ...save }))
  await onSaved?.(files)
  return print(resultDocument(task, state, files), line)
}

/** Waits for a task, and shows its status. */
const waitWithProgress = async (
  task: Task,
  { timeoutMs, pollMs }: WaitLine,
  { signal, progress }: Service,
): Promise<CompletedState> => {
  const { endpoint: title, id } = task
  const ageMs = ageOf(task)
  const usual = usualTimeOf(task.endpoint)
  let status = task.state?.status ?? 'waiting'
  progress.step(`${title} ${id}: ${status}`)
  progress.draw(() => ({
    title,
    id,
    status: `${seconds(ageMs())} s, ${status}`,
    // Full only once the service says so.
    share: usual && Math.min(0.95, ageMs() / usual[1]),
    outlook: usual && usuallyLeft(ageMs(), usual),
  }))
  try {
    return await task.wait({
      signal,
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(pollMs !== undefined && { schedule: schedules.fixed(pollMs) }),
      onUpdate: (state) => {
        if (state.status === status) return
        status = state.status
        const tell = isTerminal(state) ? progress.note : progress.step
        tell(`${title} ${id}: ${status} after ${seconds(ageMs())} s`)
      },
    })
  } catch (error) {
    if (!(error instanceof Interruption)) throw error
    throw new Interruption(error.exitCode, `interrupted; ${title} ${id} goes on`, task)
  } finally {
    progress.end()
  }
}

const ageOf = ({ createdAt }: Task): (() => number) => {
  const startedAt = createdAt === undefined ? Date.now() : Date.parse(createdAt)
  return () => Math.max(0, Date.now() - startedAt)
}

type Range = readonly [fromMs: number, toMs: number]

/** How long tasks of an endpoint usually take, if that is published. */
export const usualTimeOf = (endpoint: string): Range | undefined => endpointNamed(endpoint)?.typicalMs

/** The outlook for a task of this age. */
export const usuallyLeft = (ageMs: number, [fromMs, toMs]: Range): string => {
  if (ageMs >= toMs) return 'longer than usual'
  const most = seconds(toMs - ageMs)
  return ageMs < fromMs
    ? `usually ${seconds(fromMs - ageMs)} to ${most} s more`
    : `usually up to ${most} s more`
}

export const seconds = (ms: number): number => Math.round(ms / 1000)
