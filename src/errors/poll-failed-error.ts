import type { Task } from '../contract/task-handle'
import { RunApiError } from './run-api-error'

/** More polls in a row failed than `maxPollFailures` tolerates; `cause` is the last failure. `error.task.wait()` tries again. */
export class PollFailedError extends RunApiError {
  /** The handle of the task, which goes on. */
  declare readonly task: Task

  override get name(): string {
    return 'PollFailedError'
  }
  get code(): 'poll_failed' {
    return 'poll_failed'
  }
  override get retryable(): boolean {
    return true
  }
}
