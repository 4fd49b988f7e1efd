import { ConfigurationError } from '../../errors/configuration-error'
import type { HttpContext } from '../../http/context'
import { withRetries } from '../../http/retry'
import { combineSignals } from '../../http/shutdown'
import { abortWith, onAbort, throwIfAborted } from '../../platform/on-abort'
import { ownText } from '../../platform/own'
import type { Session } from '../../session'
import { checkDownloadOptions, type DownloadLimits } from './check-download-options'
import { checkedBody } from './checked-body'
import type { DownloadOptions } from './download-options'
import { createFileCheck } from './file-check'
import { openResult } from './open-result'

/** A file that is on its way. */
export interface Download {
  /** The bytes. It ends only after the whole file, else with a `DownloadError` or the signal's reason. Read or cancel it. */
  body: ReadableStream<Uint8Array>
  /** The media type, where the server says it. */
  contentType: string | undefined
  /** The number of bytes to come, where the server says it. */
  contentLength: number | undefined
}

/** Begins to download a result. No key goes along. */
export const download = async (
  { http }: Session,
  video: { readonly url: string },
  given: DownloadOptions | undefined,
): Promise<Download> => {
  const limits = checkDownloadOptions(given, http.settings)
  const url = urlOf(video)
  throwIfAborted(limits.signal)
  const { signal, release } = combineSignals(http.shutdown, limits.signal)
  try {
    return await withRetries(
      http,
      { operation: 'download', maxRetries: limits.maxRetries, signal },
      (attempt) => begin(http, url, { ...limits, signal, attempt, onEnd: release }),
    )
  } catch (error) {
    release()
    throw error
  }
}

export const urlOf = (video: unknown): string => {
  const url = ownText(video, 'url')
  if (url !== undefined) return url
  throw new ConfigurationError('video: must be an object with a url, such as videos[0] of a completed task')
}

interface Beginning extends DownloadLimits {
  signal: AbortSignal
  attempt: number
  onEnd: () => void
}

const begin = async (
  http: HttpContext,
  url: string,
  { signal, attempt, stallTimeoutMs, maxBytes, report, onEnd }: Beginning,
): Promise<Download> => {
  const controller = new AbortController()
  const forget = onAbort(signal, (reason) => abortWith(controller, reason))
  try {
    const answer = await openResult(http, { url, attempt, timeoutMs: stallTimeoutMs, controller })
    const { body, header } = answer
    const contentLength = lengthIn(header('content-length'))
    const check = createFileCheck({ contentLength, maxBytes })
    const transfer = { body, check, clock: http.settings.clock, stallTimeoutMs, report, controller }
    const over = (): void => {
      forget()
      onEnd()
    }
    return {
      body: checkedBody({ ...transfer, totalBytes: contentLength, onEnd: over }),
      contentType: header('content-type') ?? undefined,
      contentLength,
    }
  } catch (error) {
    forget()
    // Nobody will read what may still come.
    abortWith(controller, error)
    throw error
  }
}

const lengthIn = (value: string | null): number | undefined =>
  value !== null && /^\d{1,15}$/.test(value) ? Number(value) : undefined
