import { RunApiError } from '../errors/run-api-error'
import { pause } from '../platform/clock'
import { abortReason } from '../platform/on-abort'
import { own } from '../platform/own'
import type { HttpContext } from './context'

const BASE_MS = 500
const CEILING_MS = 8_000
const MAX_RETRY_AFTER_MS = 60_000

/** Full jitter: anywhere between nothing and an exponentially growing limit, so that clients do not retry in step. */
export const backoffMs = (attempt: number, random: () => number): number =>
  random() * Math.min(CEILING_MS, BASE_MS * 2 ** attempt)

/**
 * The delay before the next attempt, or `undefined` if a retry is pointless: an error that time does not fix,
 * or a service that asks for more than a minute.
 */
export const retryDelayMs = (
  error: RunApiError,
  attempt: number,
  random: () => number,
): number | undefined => {
  // An unreadable answer may still be a success: the caller has to find out, and seconds do not help.
  if (!error.retryable || error.code === 'malformed_response') return undefined
  const asked = own(error, 'retryAfterMs')
  const retryAfterMs = typeof asked === 'number' ? asked : 0
  if (retryAfterMs > MAX_RETRY_AFTER_MS) return undefined
  return Math.max(retryAfterMs, backoffMs(attempt, random))
}

export interface RetryOptions {
  /** The name of the work, in log lines. */
  operation: string
  maxRetries: number
  signal: AbortSignal
  /** Called for each retry, before the pause. */
  onRetry?: (retry: { error: RunApiError; attempt: number; delayMs: number }) => void
}

/**
 * Returns the result of `once`, retried after errors that time may fix: the one loop of API requests and transfers, with
 * the client's backoff and budget. `attempt` counts from 0. Rejects with the last error, or with the signal's reason.
 */
export const withRetries = async <T>(
  { settings, budget }: HttpContext,
  { operation, maxRetries, signal, onRetry }: RetryOptions,
  once: (attempt: number) => Promise<T>,
): Promise<T> => {
  for (let attempt = 0; ; attempt++) {
    if (signal.aborted) throw abortReason(signal)
    try {
      return await once(attempt)
    } catch (error) {
      if (signal.aborted) throw abortReason(signal)
      if (!RunApiError.is(error) || attempt >= maxRetries) throw error
      const delayMs = retryDelayMs(error, attempt, settings.random)
      if (delayMs === undefined || !budget.spend(error.code === 'request_timeout')) throw error
      onRetry?.({ error, attempt, delayMs })
      settings.log('info', `${operation}: ${error.code}; attempt ${attempt + 2} follows`, {
        delayMs: Math.round(delayMs),
        ...statusIn(error),
      })
      await pause(settings.clock, delayMs, signal)
    }
  }
}

/** The HTTP status of an error that has one, for events and logs. */
export const statusIn = (error: RunApiError): { status?: number } => {
  const status = own(error, 'status')
  return typeof status === 'number' ? { status } : {}
}
