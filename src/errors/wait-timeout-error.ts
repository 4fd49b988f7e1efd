import type { Task } from '../contract/task-handle'
import { RunApiError, type RunApiErrorInit } from './run-api-error'

export interface WaitTimeoutErrorInit extends RunApiErrorInit {
  timeoutMs: number
  pollCounts?: Readonly<Record<string, number>>
}

/** The wait's `timeoutMs` passed. The task continues at the service: `error.task.wait()` waits again. */
export class WaitTimeoutError extends RunApiError {
  /** The handle of the task, which continues. */
  declare readonly task: Task
  /** The `timeoutMs` of the wait, in milliseconds. */
  readonly timeoutMs: number
  /** The results of the wait's polls, counted: task statuses, HTTP statuses and error codes. */
  readonly pollCounts: Readonly<Record<string, number>>

  constructor(message: string, init: WaitTimeoutErrorInit) {
    super(message, init)
    this.timeoutMs = init.timeoutMs
    this.pollCounts = init.pollCounts ?? {}
  }
  override get name(): string {
    return 'WaitTimeoutError'
  }
  get code(): 'wait_timeout' {
    return 'wait_timeout'
  }
  override get retryable(): boolean {
    return true
  }
  protected override details(): Record<string, unknown> {
    return { timeoutMs: this.timeoutMs, pollCounts: this.pollCounts, ...super.details() }
  }
}
