import { RequestTimeoutError } from '../errors/request-timeout-error'
import { RunApiError } from '../errors/run-api-error'
import { abortWith, throwIfAborted } from '../platform/on-abort'
import { ownFields } from '../platform/own'
import { isBodyTooLarge, type TransportResponse } from '../transport/transport'
import { type Answer, malformed, requestIdOf } from './answer'
import { apiErrorFrom } from './api-error-from'
import { authorize } from './authorize'
import { connectionErrorFrom } from './connection-error-from'
import type { ApiRequest, HttpContext, RequestLimits } from './context'
import { redactorOf, sanitizeMessage, withoutUrlQueries } from './redact'
import { reportAttempt } from './report-attempt'
import { statusIn, withRetries } from './retry'
import { parseRetryAfter } from './retry-after'
import { apiUrl } from './url'
import { withTimeout } from './with-timeout'

const LARGEST_ANSWER = 8 * 1024 * 1024

/** Sends a request, again where that is safe and may help. Rejects with a `RunApiError` or the signal's reason. */
export const request = async (
  http: HttpContext,
  given: ApiRequest,
  { signal, timeoutMs, maxRetries }: RequestLimits,
): Promise<Answer> => {
  const request = ownFields(given) as ApiRequest
  const { operation } = request
  const url = apiUrl(http.settings.baseUrl(), request.path)
  const { emit } = http.settings
  const answer = await withRetries(
    http,
    {
      operation,
      maxRetries: request.idempotent ? maxRetries : 0,
      signal,
      onRetry: ({ error, attempt, delayMs }) => {
        const fields = requestFields(request, url, attempt)
        emit?.({ type: 'retry', ...fields, delayMs, error: error.code, ...statusIn(error) })
      },
    },
    async (attempt) => {
      const slot = await request.slots?.acquire(signal, timeoutMs)
      try {
        const connection = await http.connections.acquire(signal, timeoutMs)
        try {
          return await sendOnce(http, request, { url, signal, timeoutMs, attempt })
        } finally {
          connection()
        }
      } finally {
        slot?.()
      }
    },
  )
  http.budget.refund()
  return answer
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
): Promise<Answer> => {
  const { clock } = http.settings
  const progress: Progress = { isOut: false }
  const controller = new AbortController()
  const ended = reportAttempt(http.settings, () => requestFields(request, url, attempt))
  try {
    const answer = await withTimeout(
      { clock, timeoutMs, signal, tooLate: () => timeoutError(request, timeoutMs) },
      () => exchange(http, request, { url, signal: controller.signal, timeoutMs, progress }),
    )
    ended({ status: answer.status, ...requestIdOf(answer) })
    return answer
  } catch (error) {
    abortWith(controller, error)
    const code = RunApiError.is(error) ? error.code : 'aborted'
    if (progress.isOut) request.delivery.unsettled.add(code)
    ended({ error: code, ...(RunApiError.is(error) && { ...statusIn(error), ...requestIdOf(error) }) })
    throw error
  }
}

/** How far an attempt is. */
interface Progress {
  /** Whether the service may carry the request out, or may have. */
  isOut: boolean
}

const timeoutError = ({ operation }: ApiRequest, timeoutMs: number): RequestTimeoutError =>
  new RequestTimeoutError(
    `${operation}: no complete answer within ${timeoutMs} ms; a longer timeoutMs allows more`,
  )

interface Exchange {
  url: string
  signal: AbortSignal
  timeoutMs: number
  progress: Progress
}

const exchange = async (
  http: HttpContext,
  request: ApiRequest,
  { url, signal, timeoutMs, progress }: Exchange,
): Promise<Answer> => {
  const { settings } = http
  const { headers, secrets } = await authorize(settings, settings.baseUrl(), request)
  throwIfAborted(signal)
  request.delivery.attempts++
  progress.isOut = true
  let response: TransportResponse | undefined
  let text: string | undefined
  try {
    const { method, json: body } = request
    response = await http.transport.send({ url, method, headers, body, signal, timeoutMs })
    text = await textOf(response)
  } catch (thrown) {
    throwIfAborted(signal)
    const lost = connectionErrorFrom(thrown, new URL(url).origin, secrets)
    // Whatever breaks after the status did arrive.
    progress.isOut = response !== undefined || lost.mayHaveArrived
    throw lost.error
  }
  throwIfAborted(signal)

  const { status, header } = response
  const retryAfterMs = parseRetryAfter(header('retry-after'), settings.clock.now())
  const redacted = redactorOf(secrets)
  const requestId = sanitizeMessage(redacted(header('x-request-id') ?? '')) || undefined
  const answer: Answer = { status, url, text: text ?? '', redact: redacted, requestId, retryAfterMs, header }
  const isSuccess = status >= 200 && status <= 299
  if (!isSuccess) {
    progress.isOut = leavesOpen(status)
    if (status === 429) http.onThrottled?.(retryAfterMs)
    throw apiErrorFrom(answer)
  }
  if (text === undefined) throw malformed(answer, `the body is larger than ${LARGEST_ANSWER} bytes`)
  return answer
}

/** Whether a service that answers so may have done what was asked: only a plain refusal says that it did not. */
const leavesOpen = (status: number): boolean => status === 408 || status === 455 || status >= 500

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

/** The part of an event that says which request it is about. */
const requestFields = ({ operation, method, headers }: ApiRequest, url: string, attempt: number) => {
  const idempotencyKey = headers?.['idempotency-key']
  return {
    operation,
    method,
    url: withoutUrlQueries(url),
    attempt,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  }
}
