import type { Task } from '../contract/task-handle'
import type { TaskState } from '../contract/task-state'
import { RunApiError, type RunApiErrorInit } from '../errors/run-api-error'
import type { TaskCore } from './task-core'

/** What every error after a create carries, so that nothing that was paid for is lost. */
export const errorContext = <R>(task: Task<R>, { ref, state }: TaskCore<R>) =>
  ({
    task: task as unknown as Task,
    lastState: state as TaskState | undefined,
    idempotencyKey: ref.idempotencyKey,
  }) satisfies RunApiErrorInit

/** What `check` gives; its refusal carries the task, which may have been bought a moment ago. */
export const checkedFor = <R, T>(task: Task<R>, core: TaskCore<R>, check: () => T): T => {
  try {
    return check()
  } catch (error) {
    throw RunApiError.is(error) ? error.with({ ...errorContext(task, core), elapsedMs: 0, polls: 0 }) : error
  }
}
