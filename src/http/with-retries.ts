import { RunApiError } from '../errors/run-api-error'
import { pause } from '../platform/clock'
import { abortReason, throwIfAborted } from '../platform/on-abort'
import type { HttpContext } from './context'
import { retryDelayMs } from './retry'

interface Tries {
  operation: string
  maxRetries: number
  signal: AbortSignal
}

/** What `once` gives, tried again after errors that time may mend: with the backoff and the budget of API requests. */
export const withRetries = async <T>(
  { settings, budget }: HttpContext,
  { operation, maxRetries, signal }: Tries,
  once: (attempt: number) => Promise<T>,
): Promise<T> => {
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(signal)
    try {
      return await once(attempt)
    } catch (error) {
      if (signal.aborted) throw abortReason(signal)
      const mayRepeat = RunApiError.is(error) && attempt < maxRetries
      const delayMs = mayRepeat ? retryDelayMs(error, attempt, settings.random) : undefined
      if (!mayRepeat || delayMs === undefined || !budget.spend(false)) throw error
      settings.log('info', `${operation}: ${error.code}; attempt ${attempt + 2} follows`, { delayMs })
      await pause(settings.clock, delayMs, signal)
    }
  }
}
