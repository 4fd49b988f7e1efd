import { DownloadError } from '../../errors/download-error'
import { RunApiError } from '../../errors/run-api-error'
import { safeCause } from '../../http/redact'
import { abortWith, onAbort } from '../../platform/on-abort'
import type { DownloadProgress } from './download-options'
import { isPage } from './result-body'
import { createTruncationCheck } from './truncation-check'

export interface Transfer {
  body: ReadableStream<Uint8Array>
  contentLength: number | undefined
  maxBytes: number
  /** Bounds the time of one read. */
  read: <T>(once: () => Promise<T>) => Promise<T>
  report: ((progress: DownloadProgress) => void) | undefined
  /** Ends the transfer; its signal is the caller's too. */
  controller: AbortController
  /** Called when the transfer is over, one way or the other. */
  onEnd: () => void
}

/**
 * The bytes as they come. The stream ends only after the whole file; any other end is an error. A piece is read when it
 * is asked for, so that the reader may pause as long as it likes.
 */
export const checkedBody = (transfer: Transfer): ReadableStream<Uint8Array> => {
  const { contentLength: totalBytes, read, report, controller, onEnd } = transfer
  const { signal } = controller
  const check = createFileCheck(transfer)
  const reader = transfer.body.getReader()
  let forget = (): void => {}
  const over = (): void => {
    forget()
    onEnd()
  }

  return new ReadableStream<Uint8Array>(
    {
      start: (out) => {
        forget = onAbort(signal, (reason) => {
          reader.cancel(reason).catch(() => {})
          out.error(reason)
          over()
        })
      },
      pull: async (out) => {
        try {
          const { done, value } = await read(() => reader.read())
          if (done) {
            check.end()
            out.close()
            return over()
          }
          check.add(value)
          out.enqueue(value)
          report?.({ receivedBytes: check.receivedBytes, ...(totalBytes !== undefined && { totalBytes }) })
        } catch (error) {
          abortWith(
            controller,
            RunApiError.is(error) || signal.aborted ? error : brokenOff(error, check.receivedBytes),
          )
        }
      },
      cancel: (reason) => abortWith(controller, reason),
    },
    { highWaterMark: 0 },
  )
}

/** Compares the bytes received with the known facts of the file; throws a `DownloadError` if they do not match. */
const createFileCheck = ({ contentLength, maxBytes }: Pick<Transfer, 'contentLength' | 'maxBytes'>) => {
  const boxes = createTruncationCheck()
  let receivedBytes = 0
  // If all is known before the first byte, none is taken.
  if (contentLength !== undefined && contentLength > maxBytes) throw tooLarge(maxBytes)

  return {
    get receivedBytes() {
      return receivedBytes
    },
    add: (chunk: Uint8Array): void => {
      if (receivedBytes === 0 && isPage(chunk)) {
        throw new DownloadError('download: an HTML page came instead of a media file', { reason: 'content' })
      }
      receivedBytes += chunk.byteLength
      if (receivedBytes > maxBytes) throw tooLarge(maxBytes)
      if (contentLength !== undefined && receivedBytes > contentLength) {
        throw wrongLength(`more than the announced ${contentLength} bytes came`)
      }
      boxes.add(chunk)
    },
    end: (): void => {
      if (contentLength !== undefined && receivedBytes < contentLength) {
        throw wrongLength(`${receivedBytes} of ${contentLength} bytes came`)
      }
      if (receivedBytes === 0) throw wrongLength('the file is empty')
      // The only evidence if no length was announced, or the length of a compressed file.
      if (boxes.endsInside()) throw wrongLength(`the video breaks off after ${receivedBytes} bytes`)
    },
  }
}

const tooLarge = (maxBytes: number): DownloadError =>
  new DownloadError(`download: the file is larger than maxBytes (${maxBytes})`, { reason: 'too_large' })

const wrongLength = (fault: string): DownloadError =>
  new DownloadError(`download: ${fault}`, { reason: 'length', retryable: true })

export const brokenOff = (thrown: unknown, receivedBytes: number): DownloadError =>
  new DownloadError(`download: the connection broke after ${receivedBytes} bytes`, {
    reason: 'connection',
    retryable: true,
    cause: safeCause(thrown, []),
  })
