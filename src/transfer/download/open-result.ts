import { DownloadError, type DownloadErrorReason } from '../../errors/download-error'
import { ResultExpiredError } from '../../errors/result-expired-error'
import { RunApiError } from '../../errors/run-api-error'
import type { HttpContext } from '../../http/context'
import { parseRetryAfter } from '../../http/retry-after'
import type { OpenedStream } from '../../transport/fetch'
import { externalRequest, externalUrl } from '../external-request'

const MAX_HOPS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])
// 203 is the file from a proxy that says it may have changed something.
const FILE = new Set([200, 203])
const GONE = new Set([403, 404, 410])
const LATER = new Set([408, 425, 429])

interface Opening {
  url: string
  attempt: number
  timeoutMs: number
  controller: AbortController
}

/** Asks for the file, after redirects too, each of which must lead to a public https place. */
export const openResult = async (
  http: HttpContext,
  { url: first, attempt, timeoutMs, controller }: Opening,
): Promise<OpenedStream> => {
  const base = http.settings.baseUrl()
  let url = externalUrl(first, { base }, refuseAddress("the video's URL"))
  for (let hops = 0; ; hops++) {
    const request = { operation: 'download', method: 'GET', url, attempt, timeoutMs, controller } as const
    // Compressed, a file could not be told from one that was cut off, and its length would be unknown.
    const headers = { accept: '*/*', 'accept-encoding': 'identity' }
    const answer = await externalRequest(http, { ...request, headers }).catch(asDownloadError)
    const { status, redirectedTo } = answer
    if (redirectedTo !== undefined) externalUrl(redirectedTo, { base }, refuseAddress('a redirect'))
    if (!REDIRECTS.has(status)) {
      checkStatus(answer, http.settings.clock.now())
      return answer
    }
    answer.body?.cancel().catch(() => {})
    const location = locationIn(answer.header('location'))
    if (typeof location !== 'string') throw deadEnd(location.why, status)
    if (hops === MAX_HOPS) throw deadEnd(`is the one after ${MAX_HOPS} others`, status)
    url = externalUrl(location, { base, from: url }, refuseAddress('a redirect'))
  }
}

/** Throws if the answer is not a file; `nowMs` is the time that a `Retry-After` counts from. */
const checkStatus = ({ status, header, body }: OpenedStream, nowMs: number): void => {
  if (FILE.has(status) || (status === 206 && isWhole(header('content-range')))) return
  body?.cancel().catch(() => {})
  if (GONE.has(status)) {
    const message = `download: the server no longer gives this file (${status}); the URL of a result lives 7 days`
    throw new ResultExpiredError(message, { reason: 'expired', status })
  }
  const retryable = LATER.has(status) || (status >= 500 && status <= 599)
  const retryAfterMs = parseRetryAfter(header('retry-after'), nowMs)
  const init = { reason: 'status', status, retryable, retryAfterMs } as const
  throw new DownloadError(`download: the server answered ${status} instead of the file`, init)
}

const isWhole = (range: string | null): boolean => {
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range ?? '') ?? []
  return Number(first) === 0 && Number(last) + 1 === Number(size)
}

/** The target of a redirect, as browsers read the header. */
const locationIn = (value: string | null): string | { why: string } => {
  const text = utf8Of(value ?? '').trim()
  if (text === '') return { why: 'leads nowhere' }
  // A header that was sent twice is joined by a comma.
  const [, one, other] = /^(\S+), (\S+)$/.exec(text) ?? []
  if (one !== undefined && one === other) return one
  if (one !== undefined && /^https?:\/\//i.test(other ?? '')) return { why: 'names two places' }
  return text
}

/** A header's bytes as UTF-8, if they are UTF-8; runtimes return one character for each byte. */
const utf8Of = (text: string): string => {
  if (!/[\x80-\xff]/.test(text) || /[\u0100-\uffff]/.test(text)) return text
  try {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return text
  }
}

const refuseAddress =
  (place: string) =>
  (rule: string): never => {
    throw new DownloadError(`download: ${place} ${rule}`, { reason: 'address' })
  }

const deadEnd = (why: string, status: number): DownloadError =>
  new DownloadError(`download: a redirect (${status}) ${why}`, { reason: 'redirects', status })

const asDownloadError = (error: unknown): never => {
  if (!RunApiError.is(error) || (error.code !== 'connection' && error.code !== 'request_timeout')) throw error
  const { retryable, cause } = error
  const init = { retryable, ...(cause !== undefined && { cause }) }
  const reason: DownloadErrorReason = error.code === 'connection' ? 'connection' : 'stalled'
  throw new DownloadError('download: no answer from the server', { ...init, reason })
}
