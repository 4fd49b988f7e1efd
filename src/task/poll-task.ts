import { RunApiError } from '../errors/run-api-error'
import { callLimits } from '../http/call-limits'
import { linkSignals } from '../lifetime'
import type { CallOptions } from '../options'
import { isTerminal, type TaskState } from '../task-state'
import { askStatus } from './ask-status'
import { checkedFor, errorContext } from './error-context'
import type { Task } from './task'
import { type TaskCore, watchKey } from './task-core'

/** One status request, with the client's retries. A terminal state is handed to those who wait. */
export const pollTask = async <R>(
  task: Task<R>,
  core: TaskCore<R>,
  options: CallOptions | undefined,
): Promise<TaskState<R>> => {
  const { settings, pollGate, watches, http } = core.session
  const limits = checkedFor(task, core, () => callLimits(options, settings))
  limits.signal?.throwIfAborted()
  if (core.state && isTerminal(core.state)) return core.state
  const startedAt = settings.clock.monotonic()
  let polls = 0
  const { signal, release } = linkSignals(http.lifetime, limits.signal)
  try {
    const leave = await pollGate.enter(signal, limits.timeoutMs)
    polls = 1
    const state = await askStatus(core, { ...limits, signal }).finally(leave)
    if (isTerminal(state)) watches.deliver(watchKey(core), state, true)
    return state
  } catch (error) {
    // The caller's own reason stays as it is, also where it is an error of ours.
    if (error === limits.signal?.reason || !RunApiError.is(error)) throw error
    const elapsedMs = Math.round(settings.clock.monotonic() - startedAt)
    throw error.with({ ...errorContext(task, core), elapsedMs, polls })
  } finally {
    release()
  }
}
