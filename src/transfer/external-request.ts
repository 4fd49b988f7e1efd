import { proxiedFetch } from '#transport'
import { RequestTimeoutError } from '../errors/request-timeout-error'
import { RunApiError } from '../errors/run-api-error'
import { connectionErrorFrom } from '../http/connection-error-from'
import type { HttpContext } from '../http/context'
import { reportAttempt } from '../http/report-attempt'
import { withTimeout } from '../http/with-timeout'
import { isBrowser } from '../platform/env'
import { abortWith } from '../platform/on-abort'
import { withoutUrlQueries } from '../platform/sanitize'
import { VERSION } from '../platform/version'
import type { BaseUrl } from '../settings/base-url'
import { type OpenedStream, type OpenRequest, openStream } from '../transport/fetch'
import { isPrivateAddress } from './private-address'

export interface ExternalRequest extends Pick<OpenRequest, 'method' | 'headers' | 'body'> {
  /** What the request is for, in events and messages. */
  operation: string
  /** As `externalUrl` let it through. */
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
  const timeoutError = (): RequestTimeoutError =>
    new RequestTimeoutError(`${operation}: no answer from ${url.origin} within ${timeoutMs} ms`)
  const ended = reportAttempt(http.settings, () => {
    return { operation, method, url: withoutUrlQueries(url.href), attempt }
  })
  try {
    const sent = { url: url.href, method, headers: { ...ownAgent(), ...headers }, body, signal }
    const opened = await withTimeout({ clock, timeoutMs, signal, timeoutError }, async () =>
      openStream(fetch ?? (await proxiedFetch(url.href)), sent),
    )
    ended?.({ status: opened.status })
    return opened
  } catch (thrown) {
    const error = signal.aborted || RunApiError.is(thrown) ? thrown : lost(thrown, url)
    abortWith(controller, error)
    ended?.({ error: RunApiError.is(error) ? error.code : 'aborted' })
    throw error
  }
}

const lost = (thrown: unknown, url: URL): RunApiError => connectionErrorFrom(thrown, url.origin, []).error

// Browsers set their own.
const ownAgent = (): Record<string, string> =>
  isBrowser() ? {} : { 'user-agent': `runapi-video/${VERSION}` }

/**
 * A URL that the service named, for a request without a key: https to a public place. The base's own origin is allowed
 * as it is, and with a loopback base (an emulator) any place. `refuse` throws, with the rule in words.
 */
export const externalUrl = (
  text: unknown,
  { base, from }: { base: BaseUrl; from?: URL },
  refuse: (rule: string) => never,
): URL => {
  const url = parse(text, from) ?? refuse('is not a URL')
  if (url.username || url.password) return refuse('holds a user name or a password')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse('is not https')
  if (url.origin === base.origin || base.isLoopback) return url
  if (url.protocol !== 'https:') return refuse('is not https')
  if (isPrivateAddress(url.hostname)) return refuse('names a loopback or private address')
  return url
}

const parse = (text: unknown, from: URL | undefined): URL | undefined => {
  if (typeof text !== 'string') return undefined
  try {
    return new URL(text, from)
  } catch {
    return undefined
  }
}
