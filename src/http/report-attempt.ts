import type { RequestEvent, ResponseEvent } from '../contract/events'
import type { Settings } from '../settings/settings'

type Ended = Pick<ResponseEvent, 'status' | 'requestId' | 'error'>

/**
 * Tells the listener and the debug log that an attempt begins. What it returns tells them how it ended; `undefined`
 * if nobody wants to know, and then `fieldsOf` is not asked.
 */
export const reportAttempt = (
  { clock, emit, log }: Settings,
  fieldsOf: () => Omit<RequestEvent, 'type'>,
): ((how: Ended) => void) | undefined => {
  const logs = log.isOn('debug')
  if (!emit && !logs) return undefined
  const fields = fieldsOf()
  const { operation, method, url, attempt, idempotencyKey } = fields
  const named = idempotencyKey === undefined ? {} : { idempotencyKey }
  const startedAt = clock.monotonic()
  emit?.({ type: 'request', ...fields })
  log('debug', `${operation}: ${method} ${url}`, { attempt, ...named })
  return (how) => {
    const durationMs = clock.monotonic() - startedAt
    emit?.({ type: 'response', ...fields, durationMs, ...how })
    const { status, requestId, error } = how
    const answered = [status, error].filter((each) => each !== undefined).join(' ')
    const request = requestId === undefined ? {} : { requestId }
    log('debug', `${operation}: ${answered} after ${Math.round(durationMs)} ms`, { attempt, ...request })
  }
}
