import type { WaitOptions } from '../contract/options'
import type { Task } from '../contract/task-handle'
import type { CompletedState, TaskState } from '../contract/task-state'
import { guarded } from '../platform/call-back'
import { checkedFor } from './error-context'
import { resultOf } from './result-of'
import { subscribeToTask } from './subscribe'
import type { TaskCore } from './task-core'
import { checkWaitOptions } from './wait-options'

/** Waits for the task's end. Rejects with a typed error that carries the task, or with the signal's reason. */
export const waitForTask = async <R>(
  task: Task<R>,
  core: TaskCore<R>,
  given: WaitOptions<TaskState<R>> | undefined,
): Promise<CompletedState<R>> => {
  const options = checkedFor(task, core, () => checkWaitOptions(given, core.session.settings))
  const { log } = core.session.settings
  const fields = { taskId: core.ref.id }
  const report = guarded((state: TaskState<R>) => options.onUpdate?.(state), {
    name: 'onUpdate',
    log,
    otherwise: 'the wait goes on',
    fields,
  })
  const ending = await subscribeToTask(core, options, report).ending
  return resultOf(ending, { task, core, timeoutMs: options.timeoutMs })
}
