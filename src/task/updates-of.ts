import { ConfigurationError } from '../errors/configuration-error'
import type { WaitOptions } from '../options'
import type { TaskState } from '../task-state'
import type { Ending } from '../waiting/look'
import { resultOf } from './result-of'
import type { Task } from './task'
import type { TaskCore } from './task-core'
import { checkWaitOptions } from './wait-options'
import { watchTask } from './watch-task'

/** Each changed state, up to the terminal one. Polling begins with the first item asked for. */
export async function* updatesOf<R>(
  task: Task<R>,
  core: TaskCore<R>,
  given: WaitOptions<TaskState<R>> | undefined,
): AsyncGenerator<TaskState<R>, void, void> {
  const options = checkWaitOptions(given)
  if (options.onUpdate)
    throw new ConfigurationError('onUpdate: updates() gives the states itself; use it with wait()')
  const news: TaskState<R>[] = []
  let ending: Ending<TaskState<R>> | undefined
  let wakeUp = (): void => {}
  const watch = watchTask(core, options, (state) => {
    news.push(state)
    wakeUp()
  })
  watch.ending.then((end) => {
    ending = end
    wakeUp()
  })
  try {
    for (;;) {
      const state = news.shift()
      if (state) yield state
      else if (ending) break
      else await new Promise<void>((resolve) => (wakeUp = resolve))
    }
  } finally {
    watch.leave(undefined)
  }
  if (ending.kind !== 'reached') resultOf(ending, { task, core, timeoutMs: options.timeoutMs })
}
