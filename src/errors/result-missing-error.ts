import type { Task } from '../contract/task-handle'
import { RunApiError } from './run-api-error'

/**
 * The service says that the task is completed, but more polls than `maxPollFailures` tolerates named
 * no result. `cause` is the last answer. Waiting again does not help: send the task's id to RunAPI's support.
 */
export class ResultMissingError extends RunApiError {
  /** The handle of the task. */
  declare readonly task: Task

  override get name(): string {
    return 'ResultMissingError'
  }
  get code(): 'result_missing' {
    return 'result_missing'
  }
}
