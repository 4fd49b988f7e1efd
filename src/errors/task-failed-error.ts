import type { Task } from '../contract/task-handle'
import type { TaskFailure, TaskState } from '../contract/task-state'
import { RunApiError, type RunApiErrorInit, withoutUndefined } from './run-api-error'

export interface TaskFailedErrorInit extends RunApiErrorInit {
  failure: TaskFailure
}

/** The service says that the generation failed. RunAPI does not charge failed generations (vendor's FAQ). */
export class TaskFailedError extends RunApiError {
  /** The handle of the failed task. */
  declare readonly task: Task
  /** The failed state. */
  declare readonly lastState: TaskState
  /** The service's report of the failure. */
  readonly failure: TaskFailure
  /** The service's own code of the failure, if it sent one. */
  readonly serviceCode?: string

  constructor(message: string, init: TaskFailedErrorInit) {
    super(message, init)
    this.failure = init.failure
    if (init.failure.code !== undefined) this.serviceCode = init.failure.code
  }
  override get name(): string {
    return 'TaskFailedError'
  }
  get code(): 'task_failed' {
    return 'task_failed'
  }
  protected override details(): Record<string, unknown> {
    return { ...withoutUndefined({ serviceCode: this.serviceCode }), ...super.details() }
  }
}
