import { MalformedResponseError } from '../errors/malformed-response-error'
import { RequestTimeoutError } from '../errors/request-timeout-error'
import { RunApiError } from '../errors/run-api-error'
import { leavesOutcomeOpen } from '../errors/status'
import { Cancellation, throwIfAborted } from '../platform/on-abort'
import { ownText } from '../platform/own'
import { sanitizeMessage, withoutUrlQueries } from '../platform/sanitize'
import { isBodyTooLarge, type TransportResponse } from '../transport/transport'
import { apiErrorFrom } from './api-error-from'
import { connectionErrorFrom } from './connection-error-from'
import type { ApiRequest, ApiResponse, HttpContext, RequestLimits } from './context'
import { reportAttempt } from './report-attempt'
import { statusIn, withRetries } from './retry'
import { parseRetryAfter } from './retry-after'
import { apiUrl } from './url'
import { withTimeout } from './with-timeout'

const MAX_RESPONSE_BYTES = 8 * 1024 * 1024

/** Sends a request, again where that is safe and may help. Rejects with a `RunApiError` or the signal's reason. */
export const sendRequest = async (
  http: HttpContext,
  request: ApiRequest,
  { signal, timeoutMs, maxRetries }: RequestLimits,
): Promise<ApiResponse> => {
  const { operation, idempotent, path, slots } = request
  const { settings, connections, budget } = http
  const url = apiUrl(settings.baseUrl(), path)
  const response = await withRetries(
    http,
    {
      operation,
      maxRetries: idempotent ? maxRetries : 0,
      signal,
      onRetry: ({ error, attempt, delayMs }) => {
        const fields = requestFields(request, url, attempt)
        settings.emit?.({ type: 'retry', ...fields, delayMs, error: error.code, ...statusIn(error) })
      },
    },
    async (attempt) => {
      const releaseSlot = slots && (await slots.acquire(signal, timeoutMs))
      try {
        const releaseConnection = await connections.acquire(signal, timeoutMs)
        try {
          return await sendOnce(http, request, { url, signal, timeoutMs, attempt })
        } finally {
          releaseConnection()
        }
      } finally {
        releaseSlot?.()
      }
    },
  )
  budget.refund()
  return response
}

interface Attempt {
  url: string
  signal: AbortSignal
  timeoutMs: number
  /** Counts the attempts of one call, from 0. */
  attempt: number
}

/** One attempt. Its time covers the key, the headers and the body, and starts here, where a connection is free. */
const sendOnce = async (
  http: HttpContext,
  request: ApiRequest,
  { url, signal, timeoutMs, attempt }: Attempt,
): Promise<ApiResponse> => {
  const { settings, transport } = http
  const { operation, method, body, idempotencyKey, delivery } = request
  const { clock } = settings
  const cancellation = new Cancellation()
  const ended = reportAttempt(settings, () => requestFields(request, url, attempt))
  const timeoutError = (): RequestTimeoutError =>
    new RequestTimeoutError(
      `${operation}: no complete answer within ${timeoutMs} ms; a longer timeoutMs allows more`,
    )
  // Whether the service may have the request, and may have done what it asks.
  let possiblyReceived = false

  const exchange = async (): Promise<ApiResponse> => {
    const pending = http.authorize(request)
    const authorized = pending instanceof Promise ? await pending : pending
    const { secrets, redact, keyFrom } = authorized
    const headers =
      idempotencyKey === undefined
        ? authorized.headers
        : { ...authorized.headers, 'idempotency-key': idempotencyKey }
    throwIfAborted(cancellation)
    delivery.attempts++
    possiblyReceived = true
    let received: TransportResponse | undefined
    let text: string | undefined
    try {
      received = await transport.send({ url, method, headers, body, signal: cancellation, timeoutMs })
      text = await textOf(received)
    } catch (thrown) {
      throwIfAborted(cancellation)
      const lost = connectionErrorFrom(thrown, new URL(url).origin, secrets)
      // Whatever breaks after the status was received.
      possiblyReceived = received !== undefined || lost.possiblyReceived
      throw lost.error
    }
    throwIfAborted(cancellation)

    const { status, header } = received
    const retryAfterMs = parseRetryAfter(header('retry-after'), clock.now())
    const requestId = sanitizeMessage(redact(header('x-request-id') ?? '')) || undefined
    const response: ApiResponse = { status, url, text: text ?? '', redact, requestId, retryAfterMs, header }
    if (status < 200 || status > 299) {
      possiblyReceived = leavesOutcomeOpen(status)
      if (status === 429) http.onThrottled?.(retryAfterMs)
      throw apiErrorFrom(response, { keyFrom, advice: request.advice?.(status) })
    }
    if (text === undefined) throw malformed(response, `the body is larger than ${MAX_RESPONSE_BYTES} bytes`)
    return response
  }

  try {
    const response = await withTimeout({ clock, timeoutMs, signal, timeoutError }, exchange)
    ended?.({ status: response.status, ...requestIdOf(response) })
    return response
  } catch (error) {
    cancellation.abort(error)
    const code = RunApiError.is(error) ? error.code : 'aborted'
    if (possiblyReceived) delivery.possiblyReceived.add(code)
    ended?.({ error: code, ...(RunApiError.is(error) && { ...statusIn(error), ...requestIdOf(error) }) })
    throw error
  }
}

// Made late, because a runtime may lack it.
let decoder: TextDecoder | undefined

/** The body as text; `undefined` when it is too large. */
const textOf = async (response: TransportResponse): Promise<string | undefined> => {
  const isError = response.status < 200 || response.status > 299
  try {
    const bytes = await response.read(MAX_RESPONSE_BYTES)
    decoder ??= new TextDecoder()
    return decoder.decode(bytes)
  } catch (error) {
    if (isBodyTooLarge(error)) return undefined
    // The status alone says what happened, even if the body broke off.
    if (isError) return ''
    throw error
  }
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

/** The error of a response that cannot be used, and why. */
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
      // Redacted before it is cut: half a secret is not found any more.
      body: response.redact(response.text).slice(0, MAX_BODY),
      saysCompleted,
    },
  )

/** The body as JSON; throws a `MalformedResponseError`. */
export const parseJson = (response: ApiResponse): unknown => {
  try {
    return JSON.parse(response.text)
  } catch {
    throw malformed(response, response.text === '' ? 'the body is empty' : 'the body is no JSON')
  }
}

/** The body as a JSON object; throws a `MalformedResponseError`. */
export const parseObject = (response: ApiResponse): Record<string, unknown> => {
  const body = parseJson(response)
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>
  throw malformed(response, 'the body is no JSON object')
}

/** The request id of what has one, for events. */
export const requestIdOf = ({
  requestId,
}: {
  readonly requestId?: string | undefined
}): { requestId?: string } => (requestId === undefined ? {} : { requestId })
