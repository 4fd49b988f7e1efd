import { DownloadError } from '../../errors/download-error'
import { RunApiError } from '../../errors/run-api-error'
import type { HttpContext } from '../../http/context'
import type { OpenedStream } from '../../transport/open-stream'
import { externalRequest } from '../external-request'
import { externalUrl } from '../external-url'
import { checkAnswer } from './check-answer'

const MOST_HOPS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])

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
    const what = { operation: 'download', method: 'GET', url, attempt, timeoutMs, controller } as const
    // Compressed, a file that breaks off or swells could not be told from a whole one.
    const headers = { accept: '*/*', 'accept-encoding': 'identity' }
    const answer = await externalRequest(http, { ...what, headers }).catch(asDownloadError)
    const { status, redirectedTo } = answer
    if (redirectedTo !== undefined) externalUrl(redirectedTo, { base }, refuseAddress('a redirect'))
    if (!REDIRECTS.has(status)) {
      checkAnswer(answer, http.settings.clock.now())
      return answer
    }
    answer.body?.cancel().catch(() => {})
    const location = answer.header('location')
    if (location === null) throw endOfTheRoad('leads nowhere', status)
    if (hops === MOST_HOPS) throw endOfTheRoad(`is the one after ${MOST_HOPS} others`, status)
    url = externalUrl(location, { base, from: url }, refuseAddress('a redirect'))
  }
}

const refuseAddress =
  (what: string) =>
  (rule: string): never => {
    throw new DownloadError(`download: ${what} ${rule}`, { reason: 'address' })
  }

const endOfTheRoad = (how: string, status: number): DownloadError =>
  new DownloadError(`download: a redirect (${status}) ${how}`, { reason: 'redirects', status })

const asDownloadError = (error: unknown): never => {
  if (!RunApiError.is(error) || (error.code !== 'connection' && error.code !== 'request_timeout')) throw error
  const { retryable, cause } = error
  const init = { retryable, ...(cause !== undefined && { cause }) }
  const reason = error.code === 'connection' ? 'connection' : 'stalled'
  throw new DownloadError('download: no answer from the server', { ...init, reason })
}
