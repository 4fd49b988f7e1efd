import { MalformedResponseError } from '../errors/malformed-response-error'
import { RequestTimeoutError } from '../errors/request-timeout-error'
import { RunApiError } from '../errors/run-api-error'
import { leavesOutcomeOpen } from '../errors/status'
import type { Release } from '../limits/semaphore'
import { Cancellation, throwIfAborted } from '../platform/on-abort'
import { ownText } from '../platform/own'
import { sanitizeMessage, withoutUrlQueries } from '../platform/sanitize'
import type { Settings } from '../settings/settings'
import { isBodyTooLarge, type TransportResponse } from '../transport/transport'
import { apiErrorFrom } from './api-error-from'
import { connectionErrorFrom } from './connection-error-from'
import type { ApiRequest, ApiResponse, Authorized, HttpContext, RequestLimits } from './context'
import { reportAttempt } from './report-attempt'
import { type RetryOptions, statusIn, withRetries } from './retry'
import { parseRetryAfter } from './retry-after'
import { apiUrl } from './url'
import { withTimeout } from './with-timeout'

const MAX_RESPONSE_BYTES = 8 * 1024 * 1024

/** Sends a request, and resends it if that is safe and may help. Rejects with a `RunApiError` or the signal's reason. */
export const sendRequest = (
  http: HttpContext,
  request: ApiRequest,
  limits: RequestLimits,
): Promise<ApiResponse> => {
  const { settings } = http
  const { operation, idempotent } = request
  const options: RetryOptions = {
    operation,
    maxRetries: idempotent ? limits.maxRetries : 0,
    signal: limits.signal,
    onRetry: ({ error, attempt, delayMs }) => {
      const fields = requestFields(request, urlOf(request, settings), attempt)
      settings.emit?.({ type: 'retry', ...fields, delayMs, error: error.code, ...statusIn(error) })
    },
  }
  return withRetries(http, options, (attempt) => sendOnce(http, request, limits, attempt))
}

const urlOf = ({ path }: ApiRequest, settings: Settings): string => apiUrl(settings.baseUrl(), path)

interface Attempt {
  readonly url: string
  readonly timeoutMs: number
  readonly cancellation: Cancellation
  /** Whether the service may have the request, and may have done what it asks. */
  possiblyReceived: boolean
}

/** One attempt. Its time covers the key, the headers and the body, and starts when a connection is free. */
const sendOnce = async (
  http: HttpContext,
  request: ApiRequest,
  { signal, timeoutMs }: RequestLimits,
  number: number,
): Promise<ApiResponse> => {
  const { settings, connections, budget } = http
  const { operation, slots, delivery } = request
  const { clock } = settings
  const url = urlOf(request, settings)
  const attempt: Attempt = { url, timeoutMs, cancellation: new Cancellation(), possiblyReceived: false }
  const timeoutError = (): RequestTimeoutError =>
    new RequestTimeoutError(
      `${operation}: no complete answer within ${timeoutMs} ms; a longer timeoutMs allows more`,
    )
  const releaseSlot = slots && (await slots.acquire(signal, timeoutMs))
  let releaseConnection: Release | undefined
  let ended: ReturnType<typeof reportAttempt>
  try {
    releaseConnection = await connections.acquire(signal, timeoutMs)
    ended = reportAttempt(settings, () => requestFields(request, url, number))
    const response = await withTimeout({ clock, timeoutMs, signal, timeoutError }, () =>
      exchange(http, request, attempt),
    )
    ended?.({ status: response.status, ...requestIdOf(response) })
    budget.refund()
    return response
  } catch (error) {
    attempt.cancellation.abort(error)
    const code = RunApiError.is(error) ? error.code : 'aborted'
    if (attempt.possiblyReceived) delivery.possiblyReceived.add(code)
    ended?.({ error: code, ...(RunApiError.is(error) && { ...statusIn(error), ...requestIdOf(error) }) })
    throw error
  } finally {
    releaseConnection?.()
    releaseSlot?.()
  }
}

/** From the key to the response of one attempt. */
const exchange = async (http: HttpContext, request: ApiRequest, attempt: Attempt): Promise<ApiResponse> => {
  const { url, timeoutMs, cancellation } = attempt
  const { method, body, idempotencyKey, delivery } = request
  const pending = http.authorize(request)
  const authorized = 'then' in pending ? await pending : pending
  throwIfAborted(cancellation)
  delivery.attempts++
  attempt.possiblyReceived = true
  const headers =
    idempotencyKey === undefined
      ? authorized.headers
      : { ...authorized.headers, 'idempotency-key': idempotencyKey }
  let received: TransportResponse | undefined
  let text: string | undefined
  try {
    received = await http.transport.send({ url, method, headers, body, signal: cancellation, timeoutMs })
    text = decode(await received.read(MAX_RESPONSE_BYTES))
  } catch (thrown) {
    throwIfAborted(cancellation)
    // The status of an error says what happened, even if the body broke off.
    if (!received || (isSuccess(received) && !isBodyTooLarge(thrown))) {
      const lost = connectionErrorFrom(thrown, new URL(url).origin, authorized.secrets)
      // Anything that breaks after the status was received.
      attempt.possiblyReceived = received !== undefined || lost.possiblyReceived
      throw lost.error
    }
  }
  throwIfAborted(cancellation)
  return responseFrom(received, text, { http, request, attempt, authorized })
}

interface ResponseContext {
  http: HttpContext
  request: ApiRequest
  attempt: Attempt
  authorized: Authorized
}

/** The response; throws the error of one that is not a success. Its text is `undefined` if it was too large to read. */
const responseFrom = (
  received: TransportResponse,
  text: string | undefined,
  { http, request, attempt, authorized }: ResponseContext,
): ApiResponse => {
  const { status, header } = received
  const { redact, keyFrom } = authorized
  const retryAfterMs = parseRetryAfter(header('retry-after'), http.settings.clock.now())
  const requestId = sanitizeMessage(redact(header('x-request-id') ?? '')) || undefined
  const { url } = attempt
  const response: ApiResponse = { status, url, text: text ?? '', redact, requestId, retryAfterMs, header }
  if (!isSuccess(received)) {
    attempt.possiblyReceived = leavesOutcomeOpen(status)
    if (status === 429) http.onThrottled?.(retryAfterMs)
    throw apiErrorFrom(response, { keyFrom, advice: request.advice?.(status) })
  }
  if (text === undefined) throw malformed(response, `the body is larger than ${MAX_RESPONSE_BYTES} bytes`)
  return response
}

const isSuccess = ({ status }: TransportResponse): boolean => status >= 200 && status <= 299

// Created late, because a runtime may lack it.
let decoder: TextDecoder | undefined

const decode = (bytes: Uint8Array): string => {
  decoder ??= new TextDecoder()
  return decoder.decode(bytes)
}

/** The part of an event that says which request it is about. */
const requestFields = (request: ApiRequest, url: string, attempt: number) => {
  const { operation, method, headers } = request
  const idempotencyKey = request.idempotencyKey ?? ownText(headers, 'idempotency-key')
  return {
    operation,
    method,
    url: withoutUrlQueries(url),
    attempt,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  }
}

const MAX_BODY = 4_096

/** The error of an unusable response, with the reason. */
export const malformed = (
  response: Pick<ApiResponse, 'status' | 'text' | 'redact' | 'requestId' | 'header'>,
  why: string,
  saysCompleted = false,
): MalformedResponseError =>
  new MalformedResponseError(
    `the service answered ${response.status} and ${why}; error.body holds what came`,
    {
      status: response.status,
      contentType: sanitizeMessage(response.redact(response.header('content-type') ?? '')) || undefined,
      requestId: response.requestId,
      // Redacted before it is cut: half a secret would not be found.
      body: response.redact(response.text).slice(0, MAX_BODY),
      saysCompleted,
    },
  )

/** The body as JSON; throws a `MalformedResponseError`. */
export const parseJson = (response: ApiResponse): unknown => {
  try {
    return JSON.parse(response.text)
  } catch {
    throw malformed(response, response.text === '' ? 'the body is empty' : 'the body is not JSON')
  }
}

/** The body as a JSON object; throws a `MalformedResponseError`. */
export const parseObject = (response: ApiResponse): Record<string, unknown> => {
  const body = parseJson(response)
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>
  throw malformed(response, 'the body is not a JSON object')
}

/** The request id of a value that has one, for events. */
export const requestIdOf = ({
  requestId,
}: {
  readonly requestId?: string | undefined
}): { requestId?: string } => (requestId === undefined ? {} : { requestId })
