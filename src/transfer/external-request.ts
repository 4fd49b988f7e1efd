import { proxiedFetch } from '#transport'
import { RequestTimeoutError } from '../errors/request-timeout-error'
import { RunApiError } from '../errors/run-api-error'
import { connectionErrorFrom } from '../http/connection-error-from'
import type { HttpContext } from '../http/context'
import { withoutUrlQueries } from '../http/redact'
import { reportAttempt } from '../http/report-attempt'
import { withTimeout } from '../http/with-timeout'
import { isBrowser } from '../platform/env'
import { abortWith } from '../platform/on-abort'
import { VERSION } from '../platform/version'
import { type OpenedStream, type OpenRequest, openStream } from '../transport/open-stream'

export interface ExternalRequest extends Pick<OpenRequest, 'method' | 'headers' | 'body'> {
  /** What the request is for, in events and messages. */
  operation: string
  /** As `foreignUrl` let it through. */
  url: URL
  /** Counts the attempts of one call, from 0. */
  attempt: number
  /** Time until the answer's headers are there. */
  timeoutMs: number
  /** Ends the request, body included, when it goes wrong here; its signal is the caller's too. */
  controller: AbortController
}

/** Sends one request to a place that the service named. It carries no key, and nothing of the client's headers. */
export const externalRequest = async (http: HttpContext, request: ExternalRequest): Promise<OpenedStream> => {
  const { operation, url, method, headers, body, attempt, timeoutMs, controller } = request
  const { clock, fetch } = http.settings
  const { signal } = controller
  const tooLate = (): RequestTimeoutError =>
    new RequestTimeoutError(`${operation}: no answer from ${url.origin} within ${timeoutMs} ms`)
  const ended = reportAttempt(http.settings, () => {
    return { operation, method, url: withoutUrlQueries(url.href), attempt }
  })
  try {
    const sent = { url: url.href, method, headers: { ...ownAgent(), ...headers }, body, signal }
    const opened = await withTimeout({ clock, timeoutMs, signal, tooLate }, async () =>
      openStream(fetch ?? (await proxiedFetch()), sent),
    )
    ended({ status: opened.status })
    return opened
  } catch (thrown) {
    const error = signal.aborted || RunApiError.is(thrown) ? thrown : lost(thrown, url)
    abortWith(controller, error)
    ended({ error: RunApiError.is(error) ? error.code : 'aborted' })
    throw error
  }
}

const lost = (thrown: unknown, url: URL): RunApiError => connectionErrorFrom(thrown, url.origin, []).error

// Browsers set their own.
const ownAgent = (): Record<string, string> =>
  isBrowser() ? {} : { 'user-agent': `runapi-video/${VERSION}` }
