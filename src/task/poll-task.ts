import { RunApiError } from '../errors/run-api-error'
import { callLimits } from '../http/call-limits'
import { linkSignals } from '../lifetime'
import type { CallOptions } from '../options'
import { isTerminal, type TaskState } from '../task-state'
import { askStatus } from './ask-status'
import type { Task } from './task'
import { type TaskCore, watchKey } from './task-core'

/** One status request, with the client's retries. A terminal state is handed to those who wait. */
export const pollTask = async <R>(
  task: Task<R>,
  core: TaskCore<R>,
  options: CallOptions | undefined,
): Promise<TaskState<R>> => {
  const { settings, pollGate, watches, http } = core.session
  const limits = callLimits(options, settings)
  limits.signal?.throwIfAborted()
  if (core.state && isTerminal(core.state)) return core.state
  try {
    const { signal, release } = linkSignals(http.lifetime, limits.signal)
    const leave = await pollGate.enter(signal, limits.timeoutMs).finally(release)
    const { state } = await askStatus(core, limits).finally(leave)
    if (isTerminal(state)) watches.deliver(watchKey(core), state, true)
    return state
  } catch (error) {
    if (limits.signal?.aborted || !RunApiError.is(error)) throw error
    const context = { task: task as unknown as Task, idempotencyKey: core.ref.idempotencyKey, polls: 1 }
    throw error.with({ ...context, lastState: core.state as TaskState | undefined })
  }
}
