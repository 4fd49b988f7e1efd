import type { WaitOptions } from '../contract/options'
import type { TaskState } from '../contract/task-state'
import { requireRequestGlobals } from '../http/call'
import { ownFields } from '../platform/own'
import { checkCount, checkFunction, checkMs, checkOptions, checkSignal } from '../settings/checks'
import type { Settings } from '../settings/settings'

const DEFAULT_TIMEOUT_MS = 900_000
const DEFAULT_MAX_POLL_FAILURES = 5

export interface CheckedWaitOptions<R> {
  timeoutMs: number
  maxPollFailures: number
  schedule: WaitOptions['schedule']
  signal: AbortSignal | undefined
  onUpdate: ((state: TaskState<R>) => void) | undefined
}

export const checkWaitOptions = <R>(
  given: WaitOptions<TaskState<R>> | undefined,
  { clock }: Settings,
): CheckedWaitOptions<R> => {
  requireRequestGlobals(clock)
  const options = ownFields(checkOptions('options', given))
  const { signal, onUpdate, schedule, maxPollFailures = DEFAULT_MAX_POLL_FAILURES } = options
  return {
    timeoutMs: checkMs('timeoutMs', options.timeoutMs ?? DEFAULT_TIMEOUT_MS, { infinite: true }),
    maxPollFailures:
      maxPollFailures === Infinity ? Infinity : checkCount('maxPollFailures', maxPollFailures, 0),
    schedule: schedule === undefined ? undefined : checkFunction('schedule', schedule),
    signal: signal === undefined ? undefined : checkSignal(signal),
    onUpdate: onUpdate === undefined ? undefined : checkFunction('onUpdate', onUpdate),
  }
}
