import { DownloadError, type DownloadErrorReason } from '../../errors/download-error'
import { ResultExpiredError } from '../../errors/result-expired-error'
import { parseRetryAfter } from '../../http/retry-after'
import type { OpenedStream } from '../../transport/open-stream'

const GONE = new Set([403, 404, 410])
const LATER = new Set([408, 425, 429])
// Pages and error documents. A subtitle or a text may well be a result.
const NO_FILE = /^(?:text\/html|text\/xml|application\/(?:[\w.+-]+\+)?(?:json|xml|xhtml\+xml))$/

/** Throws where the answer is no file. */
export const checkAnswer = ({ status, header, body }: OpenedStream, nowMs: number): void => {
  const refuse = (error: DownloadError): never => {
    body?.cancel().catch(() => {})
    throw error
  }
  const refuseFor = (reason: DownloadErrorReason, message: string): never =>
    refuse(new DownloadError(`download: ${message}`, { reason }))
  if (GONE.has(status)) {
    const message = `download: the server no longer gives this file (${status}); the URL of a result lives 7 days`
    refuse(new ResultExpiredError(message, { reason: 'expired', status }))
  }
  if (status !== 200) {
    const retryable = LATER.has(status) || (status >= 500 && status <= 599)
    const retryAfterMs = parseRetryAfter(header('retry-after'), nowMs)
    const init = { reason: 'status', status, retryable, retryAfterMs } as const
    refuse(new DownloadError(`download: the server answered ${status} instead of the file`, init))
  }
  const type = header('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (NO_FILE.test(type)) refuseFor('content', `${type} came instead of a media file`)
  const encoding = header('content-encoding')?.trim().toLowerCase() || 'identity'
  if (encoding !== 'identity')
    refuseFor('content', 'the file came compressed, although it was asked for as it is')
}
