import type { Task } from '../contract/task-handle'
import { RunApiError, type RunApiErrorInit } from './run-api-error'

export interface PollFailedErrorInit extends RunApiErrorInit {
  pollCounts?: Readonly<Record<string, number>>
}

/** More polls in a row failed than `maxPollFailures` tolerates; `cause` is the last failure. `error.task.wait()` tries again. */
export class PollFailedError extends RunApiError {
  /** The handle of the task, which continues. */
  declare readonly task: Task
  /** The results of the wait's polls, counted: task statuses, HTTP statuses and error codes. */
  readonly pollCounts: Readonly<Record<string, number>>

  constructor(message: string, init?: PollFailedErrorInit) {
    super(message, init)
    this.pollCounts = init?.pollCounts ?? {}
  }
  override get name(): string {
    return 'PollFailedError'
  }
  get code(): 'poll_failed' {
    return 'poll_failed'
  }
  override get retryable(): boolean {
    return true
  }
  protected override details(): Record<string, unknown> {
    return { pollCounts: this.pollCounts, ...super.details() }
  }
}
