import type { WaitOptions } from '../contract/options'
import type { Task } from '../contract/task-handle'
import type { CompletedState, TaskState } from '../contract/task-state'
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
  const report = reporter(core, options.onUpdate)
  const ending = await subscribeToTask(core, options, report).ending
  return resultOf(ending, { task, core, timeoutMs: options.timeoutMs })
}

const reporter = <R>(core: TaskCore<R>, onUpdate: ((state: TaskState<R>) => void) | undefined) => {
  const { log } = core.session.settings
  const report = (error: unknown): void =>
    log('error', 'onUpdate threw; the wait goes on', { taskId: core.ref.id, error: String(error) })
  return (state: TaskState<R>): void => {
    try {
      // An async listener's rejection would end the process.
      Promise.resolve(onUpdate?.(state) as unknown).catch(report)
    } catch (error) {
      report(error)
    }
  }
}
