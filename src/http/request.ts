import { pause } from '../clock'
import { RunApiError } from '../errors/run-api-error'
import type { Gate } from '../gate'
import type { Lifetime } from '../lifetime'
import { ownFields } from '../own'
import type { Settings } from '../settings'
import type { Transport } from '../transport/transport'
import type { Answer } from './answer'
import { attempt, requestFields, requestUrl, statusIn } from './attempt'
import type { HeaderRecord } from './headers'
import { retryDelayMs } from './retry'
import type { RetryBudget } from './retry-budget'

/** What the requests of a client share. */
export interface HttpContext {
  readonly settings: Settings
  readonly transport: Transport
  readonly connections: Gate
  readonly budget: RetryBudget
  readonly lifetime: Lifetime
}

/** What became of the attempts of one call, as far as the client can know. */
export interface Trail {
  /** An attempt was handed to the transport. */
  sent: boolean
  /** An attempt that got no answer may have reached the service. */
  mayHaveArrived: boolean
}

export const newTrail = (): Trail => ({ sent: false, mayHaveArrived: false })

export interface ApiRequest {
  /** What the request is for, in events and messages. */
  readonly operation: string
  readonly method: 'GET' | 'POST'
  /** Under the base URL, beginning with a slash. */
  readonly path: string
  /** The serialised body. */
  readonly json?: string
  /** Beyond the client's own. */
  readonly headers?: HeaderRecord
  /** Whether sending it twice does no harm: a GET, or a POST with an idempotency key. */
  readonly repeatable: boolean
  /** Whether the service answers it without a key too. */
  readonly keyOptional?: boolean
  /** A status besides 2xx that is a success, such as 304. */
  readonly alsoAccept?: number
  readonly trail: Trail
}

export interface RequestLimits {
  /** Follows the caller's signal and the client's end, as `linkSignals` makes it. */
  signal: AbortSignal
  timeoutMs: number
  maxRetries: number
}

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
      if (signal.aborted) throw signal.reason
      if (!RunApiError.is(error)) throw error
      const mayRepeat = what.repeatable && number < limits.maxRetries
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
