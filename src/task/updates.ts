import type { WaitOptions } from '../contract/options'
import type { Task } from '../contract/task-handle'
import type { TaskState } from '../contract/task-state'
import { ConfigurationError } from '../errors/configuration-error'
import type { Settings } from '../settings/settings'
import type { WaitResult } from '../waiting/subscriber'
import { checkedFor, type TaskCore } from './task-core'
import { beginWait, type CheckedWaitOptions, checkWaitOptions } from './wait'
import { completedFrom } from './wait-result'

/** Yields each changed state, up to the terminal one. Polling begins when the first item is requested. */
export const updatesOf = <R>(
  task: Task<R>,
  core: TaskCore<R>,
  given: WaitOptions<TaskState<R>> | undefined,
): AsyncIterableIterator<TaskState<R>> => {
  let leave = (): void => {}
  const states = statesOf(task, core, given, (how) => {
    leave = how
  })
  return {
    next: () => states.next(),
    // A generator would first wait for the requested item, which may take minutes: a stream that is cancelled
    // leaves while it waits.
    return: () => {
      leave()
      return states.return()
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

async function* statesOf<R>(
  task: Task<R>,
  core: TaskCore<R>,
  given: WaitOptions<TaskState<R>> | undefined,
  onBegun: (leave: () => void) => void,
): AsyncGenerator<TaskState<R>, void, void> {
  const options = checkedFor(task, core, () => checkUpdatesOptions(given, core.session.settings))
  const unreportedStates: TaskState<R>[] = []
  let result: WaitResult<TaskState<R>> | undefined
  let hasLeft = false
  let wakeUp = (): void => {}
  const wait = beginWait(core, options, (state) => {
    unreportedStates.push(state)
    wakeUp()
  })
  wait.result.then((waited) => {
    result = waited
    wakeUp()
  })
  const leave = (): void => {
    hasLeft = true
    wait.leave(undefined)
    wakeUp()
  }
  onBegun(leave)
  try {
    while (!hasLeft) {
      const state = unreportedStates.shift()
      if (state) yield state
      else if (result) break
      else await new Promise<void>((resolve) => (wakeUp = resolve))
    }
  } finally {
    leave()
  }
  if (result && result.kind !== 'reached') completedFrom(result, { task, core, timeoutMs: options.timeoutMs })
}

const checkUpdatesOptions = <R>(
  given: WaitOptions<TaskState<R>> | undefined,
  settings: Settings,
): CheckedWaitOptions<R> => {
  const options = checkWaitOptions(given, settings)
  if (options.onUpdate)
    throw new ConfigurationError('onUpdate: updates() gives the states itself; use it with wait()')
  return options
}
