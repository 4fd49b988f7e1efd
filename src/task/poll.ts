import type { CallOptions } from '../contract/options'
import type { Task } from '../contract/task-handle'
import { isTerminal, type TaskState } from '../contract/task-state'
import { RunApiError } from '../errors/run-api-error'
import { callLimits } from '../http/call'
import { newDelivery } from '../http/context'
import { combineSignals } from '../http/shutdown'
import { abortReason, throwIfAborted } from '../platform/on-abort'
import { askStatus, taskPollTarget } from './status'
import { checkedFor, errorContext, type TaskCore } from './task-core'

/** One status request, with the client's retries. A terminal state is handed to the waits. */
export const pollTask = async <R>(
  task: Task<R>,
  core: TaskCore<R>,
  options: CallOptions | undefined,
): Promise<TaskState<R>> => {
  const { settings, pollSlots, pollers, http } = core.session
  const limits = checkedFor(task, core, () => callLimits(options, settings))
  throwIfAborted(limits.signal)
  if (core.state && isTerminal(core.state)) return core.state
  const startedAt = settings.clock.monotonic()
  const delivery = newDelivery()
  const { signal, release } = combineSignals(http.shutdown, limits.signal)
  try {
    // Spread, the limits of each poll would hold a hidden class of their own.
    const state = await askStatus(core, {
      signal,
      timeoutMs: limits.timeoutMs,
      maxRetries: limits.maxRetries,
      headers: limits.headers,
      slots: pollSlots,
      delivery,
      onResponse: undefined,
    })
    if (isTerminal(state)) pollers.deliver(taskPollTarget(core), state, true)
    return state
  } catch (error) {
    // The caller's own reason stays unchanged, even if it is an error of ours.
    const isCallers = limits.signal?.aborted && error === abortReason(limits.signal)
    if (isCallers || !RunApiError.is(error)) throw error
    const elapsedMs = Math.round(settings.clock.monotonic() - startedAt)
    throw error.with({ ...errorContext(task, core), elapsedMs, polls: delivery.attempts })
  } finally {
    release()
  }
}
