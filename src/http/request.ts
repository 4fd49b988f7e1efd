import { RunApiError } from '../errors/run-api-error'
import { pause } from '../platform/clock'
import { abortReason } from '../platform/on-abort'
import { ownFields } from '../platform/own'
import type { Answer } from './answer'
import { attempt, requestFields, requestUrl, statusIn } from './attempt'
import type { ApiRequest, HttpContext, RequestLimits } from './context'
import { retryDelayMs } from './retry'

/** Sends a request, again where that is safe and may help. Rejects with a `RunApiError` or the signal's reason. */
export const request = async (
  http: HttpContext,
  given: ApiRequest,
  limits: RequestLimits,
): Promise<Answer> => {
  const what = ownFields(given) as ApiRequest
  const { clock, random, emit, log } = http.settings
  const { signal } = limits
  for (let number = 0; ; number++) {
    try {
      const answer = await attempt(http, what, { signal, timeoutMs: limits.timeoutMs, number })
      http.budget.refund()
      return answer
    } catch (error) {
      if (signal.aborted) throw abortReason(signal)
      if (!RunApiError.is(error)) throw error
      const mayRepeat = what.idempotent && number < limits.maxRetries
      const delayMs = mayRepeat ? retryDelayMs(error, number, random) : undefined
      if (delayMs === undefined || !http.budget.spend(error.code === 'request_timeout')) throw error
      const status = statusIn(error)
      emit?.({
        type: 'retry',
        ...requestFields(what, requestUrl(http, what), number),
        delayMs,
        error: error.code,
        ...status,
      })
      log('info', `${what.operation}: ${error.code}; attempt ${number + 2} follows`, { delayMs, ...status })
      await pause(clock, delayMs, signal)
    }
  }
}
