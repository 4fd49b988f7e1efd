import type { RunApiError } from '../errors/run-api-error'
import { own } from '../platform/own'

const BASE_MS = 500
const CEILING_MS = 8_000
const LONGEST_RETRY_AFTER_MS = 60_000

/** Full jitter: anywhere between nothing and an exponentially growing limit, so that clients do not retry in step. */
export const backoffMs = (attempt: number, random: () => number): number =>
  random() * Math.min(CEILING_MS, BASE_MS * 2 ** attempt)

/**
 * The delay before the next attempt, or `undefined` where trying again is pointless: an error that time does not mend,
 * or a service that asks for more than a minute.
 */
export const retryDelayMs = (
  error: RunApiError,
  attempt: number,
  random: () => number,
): number | undefined => {
  // What an answer that cannot be read says may be true: that is the caller's to find out, not a matter of seconds.
  if (!error.retryable || error.code === 'malformed_response') return undefined
  const asked = own(error, 'retryAfterMs')
  const retryAfterMs = typeof asked === 'number' ? asked : 0
  if (retryAfterMs > LONGEST_RETRY_AFTER_MS) return undefined
  return Math.max(retryAfterMs, backoffMs(attempt, random))
}
