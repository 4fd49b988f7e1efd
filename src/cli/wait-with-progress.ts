import type { Task } from '../contract/task-handle'
import { type CompletedState, isTerminal } from '../contract/task-state'
import { schedules } from '../waiting/poll-schedule'
import { Interruption } from './interruption'
import type { Progress } from './progress'
import { seconds, usuallyLeft, usualTimeOf } from './usual-time'

export interface Waiting {
  signal: AbortSignal
  progress: Progress
  timeoutMs: number | undefined
  pollMs: number | undefined
}

/** Waits for a task while the user sees where it stands. */
export const waitWithProgress = async (
  task: Task,
  { signal, progress, timeoutMs, pollMs }: Waiting,
): Promise<CompletedState> => {
  const title = `${task.endpoint} ${task.id}`
  const ageMs = ageOf(task)
  const usual = usualTimeOf(task.endpoint)
  let status = task.state?.status ?? 'waiting'
  progress.step(`${title}: ${status}`)
  progress.draw(() => ({
    title,
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
        tell(`${title}: ${status} after ${seconds(ageMs())} s`)
      },
    })
  } catch (error) {
    if (!(error instanceof Interruption)) throw error
    throw new Interruption(error.exitCode, `interrupted; ${title} goes on, and its handle is on stdout`)
  } finally {
    progress.end()
  }
}

const ageOf = ({ createdAt }: Task): (() => number) => {
  const startedAt = createdAt === undefined ? Date.now() : Date.parse(createdAt)
  return () => Math.max(0, Date.now() - startedAt)
}
