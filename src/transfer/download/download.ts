import { ConfigurationError } from '../../errors/configuration-error'
import { DownloadError } from '../../errors/download-error'
import { RunApiError } from '../../errors/run-api-error'
import type { HttpContext } from '../../http/context'
import { withRetries } from '../../http/retry'
import { combineSignals } from '../../http/shutdown'
import { withTimeout } from '../../http/with-timeout'
import { abortWith, onAbort, throwIfAborted } from '../../platform/on-abort'
import { ownText } from '../../platform/own'
import type { Session } from '../../session'
import { brokenOff, checkedBody } from './checked-body'
import { checkDownloadOptions, type DownloadLimits, type DownloadOptions } from './download-options'
import { openResult } from './open-result'
import { resultBody } from './result-body'

/**
 * A stream of bytes that fits both where the web's types ask for a `ReadableStream` (`new Response(body)`) and where
 * Node's do (`Readable.fromWeb(body)`). Safari before 26 cannot iterate over it: use `getReader()` there.
 */
export type ByteStream = Omit<ReadableStream<Uint8Array>, 'tee'> & {
  /** The pieces, for `for await`. */
  values(options?: { preventCancel?: boolean }): ByteIterator
  /** The pieces, for `for await`. */
  [Symbol.asyncIterator](options?: { preventCancel?: boolean }): ByteIterator
  // The web's and Node's declarations of these differ in ways that no stream does.
  /** A reader into memory of yours. */
  getReader(options: { mode: 'byob' }): ByteReader
  /** A reader of the pieces. */
  getReader(): PieceReader
  /** One of these readers. */
  getReader(options?: { mode?: 'byob' }): PieceReader | ByteReader
  /** The stream behind a transformation. */
  pipeThrough<R>(transform: { readable: R; writable: { getWriter(): unknown } }, options?: object): R
  /** Hands every piece to a writable stream; settles at the end. */
  pipeTo(destination: { getWriter(): unknown }, options?: object): Promise<void>
  /** Two streams with the same pieces. */
  tee(): [ByteStream, ByteStream]
}

/** The pieces of a stream, one after the other. */
export interface ByteIterator extends AsyncIterator<Uint8Array, undefined> {
  /** Itself. */
  [Symbol.asyncIterator](): ByteIterator
  /** Ends the stream. Node has it from 24 on; its types ask for it everywhere. */
  [Symbol.asyncDispose](): Promise<void>
}

/** A reader of a stream's pieces. */
export interface PieceReader {
  /** Settles when the stream has ended. */
  readonly closed: Promise<undefined>
  /** Reads the next piece. */
  read(): Promise<{ done: false; value: Uint8Array } | { done: true; value: undefined }>
  /** Stops the stream. */
  cancel(reason?: unknown): Promise<void>
  /** Gives the stream back. */
  releaseLock(): void
}

/** A reader into memory of yours. */
export interface ByteReader extends Omit<PieceReader, 'read'> {
  /** Reads into a view. */
  read<T extends ArrayBufferView>(
    view: T,
    options?: { min?: number },
  ): Promise<{ done: false; value: T } | { done: true; value: T | undefined }>
}

/** A download that has started. */
export interface Download {
  /**
   * The bytes. The stream ends without an error only after the whole file, else with a `DownloadError` or the signal's
   * reason. Read it or cancel it. On Cloudflare Workers it has a length if the server named one, so R2 accepts it; the
   * runtime then keeps only the name and the message of its error.
   */
  body: ByteStream
  /** The media type, if the server says it. */
  contentType: string | undefined
  /** The number of bytes to come, if the server says it. */
  contentLength: number | undefined
}

/** Starts downloading a result. No key is sent. */
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
  const { clock } = http.settings
  const controller = new AbortController()
  const forget = onAbort(signal, (reason) => abortWith(controller, reason))
  const timeoutError = (): DownloadError =>
    new DownloadError(`download: nothing came for ${stallTimeoutMs} ms`, {
      reason: 'stalled',
      retryable: true,
    })
  const read = <T>(once: () => Promise<T>): Promise<T> =>
    withTimeout({ clock, timeoutMs: stallTimeoutMs, signal: controller.signal, timeoutError }, once)
  try {
    const answer = await openResult(http, { url, attempt, timeoutMs: stallTimeoutMs, controller })
    const { body, contentLength } = await resultBody(answer, read)
    const over = (): void => {
      forget()
      onEnd()
    }
    const checked = checkedBody({ body, contentLength, maxBytes, read, report, controller, onEnd: over })
    return {
      body: withLength(checked, contentLength) as ByteStream,
      contentType: answer.header('content-type') ?? undefined,
      contentLength,
    }
  } catch (thrown) {
    const error = RunApiError.is(thrown) || controller.signal.aborted ? thrown : brokenOff(thrown, 0)
    forget()
    // Nobody will read what may still come.
    abortWith(controller, error)
    throw error
  }
}

/** On workerd a stream that JavaScript made has no length, and R2 takes none without. */
const withLength = (
  body: ReadableStream<Uint8Array>,
  length: number | undefined,
): ReadableStream<Uint8Array> => {
  type Class = new (length: number) => ReadableWritablePair<Uint8Array, Uint8Array>
  const { FixedLengthStream } = globalThis as { FixedLengthStream?: Class }
  return FixedLengthStream && length !== undefined ? body.pipeThrough(new FixedLengthStream(length)) : body
}
