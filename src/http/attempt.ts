import type { ResponseEvent } from '../contract/events'
import { RequestTimeoutError } from '../errors/request-timeout-error'
import { RunApiError } from '../errors/run-api-error'
import { after } from '../platform/clock'
import { abortReason, abortWith, onAbort, throwIfAborted } from '../platform/on-abort'
import { own } from '../platform/own'
import { isBodyTooLarge, type TransportResponse } from '../transport/transport'
import { type Answer, malformed } from './answer'
import { apiErrorFrom } from './api-error-from'
import { authorize } from './authorize'
import { connectionErrorFrom } from './connection-error-from'
import type { ApiRequest, HttpContext } from './context'
import { redact, withoutUrlQueries } from './redact'
import { requestIdOf } from './request-id-of'
import { parseRetryAfter } from './retry-after'
import { sanitizeMessage } from './sanitize-message'
import { apiUrl } from './url'

const LARGEST_ANSWER = 8 * 1024 * 1024

export interface AttemptLimits {
  /** Follows the caller's signal and the client's end. */
  signal: AbortSignal
  timeoutMs: number
  /** Counts the attempts of one call, from 0. */
  number: number
}

/** Sends the request once. The time starts when a connection is free and covers the key, the headers and the body. */
export const attempt = async (
  http: HttpContext,
  what: ApiRequest,
  limits: AttemptLimits,
): Promise<Answer> => {
  const { signal, timeoutMs, number } = limits
  const { clock, emit } = http.settings
  const url = requestUrl(http, what)
  const leave = await http.connections.acquire(signal, timeoutMs)
  const startedAt = clock.monotonic()
  const controller = new AbortController()
  let halt: (reason: unknown) => void = () => {}
  const halted = new Promise<never>((_, reject) => {
    halt = (reason) => {
      // First the caller, who must not wait for a transport that ignores its signal.
      reject(reason)
      abortWith(controller, reason)
    }
  })
  const cancelTimer = after(clock, timeoutMs, () => halt(timeoutError(what, timeoutMs)))
  const forget = onAbort(signal, halt)
  if (signal.aborted) halt(abortReason(signal))
  emit?.({ type: 'request', ...requestFields(what, url, number) })
  const ended = (how: Ended): void =>
    emit?.({
      type: 'response',
      ...requestFields(what, url, number),
      durationMs: clock.monotonic() - startedAt,
      ...how,
    })
  try {
    const answer = await Promise.race([halted, exchange(http, what, url, controller.signal)])
    ended({ status: answer.status, ...requestIdOf(answer) })
    return answer
  } catch (error) {
    ended(endOf(error))
    throw error
  } finally {
    cancelTimer()
    forget()
    leave()
  }
}

export const requestUrl = (http: HttpContext, what: ApiRequest): string =>
  apiUrl(http.settings.baseUrl(), what.path)

/** The part of an event that says which request it is about. */
export const requestFields = ({ operation, method, headers }: ApiRequest, url: string, number: number) => {
  const idempotencyKey = headers?.['idempotency-key']
  return {
    operation,
    method,
    url: withoutUrlQueries(url),
    attempt: number,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  }
}

type Ended = Pick<ResponseEvent, 'status' | 'requestId' | 'error'>

const endOf = (error: unknown): Ended => {
  if (!RunApiError.is(error)) return { error: 'aborted' }
  return { error: error.code, ...statusIn(error), ...requestIdOf(error) }
}

/** The HTTP status of an error that has one, for events and logs. */
export const statusIn = (error: RunApiError): { status?: number } => {
  const status = own(error, 'status')
  return typeof status === 'number' ? { status } : {}
}

const timeoutError = (what: ApiRequest, timeoutMs: number): RequestTimeoutError =>
  new RequestTimeoutError(
    `${what.operation}: no complete answer within ${timeoutMs} ms; a longer timeoutMs allows more`,
  )

const exchange = async (
  http: HttpContext,
  what: ApiRequest,
  url: string,
  signal: AbortSignal,
): Promise<Answer> => {
  const { headers, secrets } = await authorize(http.settings, http.settings.baseUrl(), what)
  throwIfAborted(signal)
  const { delivery } = what
  const earlierMayHaveArrived = delivery.possiblyReceived
  delivery.sent = true
  delivery.possiblyReceived = true
  let response: TransportResponse
  let text: string | undefined
  try {
    response = await http.transport.send({ url, method: what.method, headers, body: what.json, signal })
    text = await textOf(response)
  } catch (thrown) {
    throwIfAborted(signal)
    const lost = connectionErrorFrom(thrown, new URL(url).origin, secrets)
    if (!lost.mayHaveArrived) delivery.possiblyReceived = earlierMayHaveArrived
    throw lost.error
  }
  throwIfAborted(signal)
  delivery.possiblyReceived = earlierMayHaveArrived

  const { status, header } = response
  const retryAfterMs = parseRetryAfter(header('retry-after'), http.settings.clock.now())
  const clean = (said: string): string => redact(said, secrets)
  const requestId = sanitizeMessage(clean(header('x-request-id') ?? '')) || undefined
  const answer: Answer = { status, url, text: text ?? '', clean, requestId, retryAfterMs, header }
  const isSuccess = status >= 200 && status <= 299
  if (!isSuccess) throw apiErrorFrom(answer)
  if (text === undefined) throw malformed(answer, `the body is larger than ${LARGEST_ANSWER} bytes`)
  return answer
}

/** The body as text; `undefined` when it is too large. */
const textOf = async (response: TransportResponse): Promise<string | undefined> => {
  const isError = response.status < 200 || response.status > 299
  try {
    return new TextDecoder().decode(await response.read(LARGEST_ANSWER))
  } catch (error) {
    if (isBodyTooLarge(error)) return undefined
    // The status alone says what happened; a body that broke off takes nothing away from it.
    if (isError) return ''
    throw error
  }
}
