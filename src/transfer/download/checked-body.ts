import { DownloadError } from '../../errors/download-error'
import { RunApiError } from '../../errors/run-api-error'
import { safeCause } from '../../http/redact'
import { withTimeout } from '../../http/with-timeout'
import type { Clock } from '../../platform/clock'
import { abortWith, onAbort } from '../../platform/on-abort'
import type { DownloadProgress } from './download-options'
import type { FileCheck } from './file-check'

export interface Transfer {
  body: ReadableStream<Uint8Array> | null
  check: FileCheck
  clock: Clock
  stallTimeoutMs: number
  totalBytes: number | undefined
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
  const { check, clock, stallTimeoutMs, totalBytes, report, controller, onEnd } = transfer
  const { signal } = controller
  const reader = (transfer.body ?? emptyBody()).getReader()
  const next = () =>
    withTimeout({ clock, timeoutMs: stallTimeoutMs, signal, tooLate: () => stalled(stallTimeoutMs) }, () =>
      reader.read(),
    )
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
          const { done, value } = await next()
          if (done) {
            check.end()
            out.close()
            return over()
          }
          check.add(value)
          out.enqueue(value)
          report?.({ receivedBytes: check.receivedBytes, ...(totalBytes !== undefined && { totalBytes }) })
        } catch (error) {
          abortWith(controller, RunApiError.is(error) || signal.aborted ? error : brokenOff(error, check))
        }
      },
      cancel: (reason) => abortWith(controller, reason),
    },
    { highWaterMark: 0 },
  )
}

const stalled = (stallTimeoutMs: number): DownloadError =>
  new DownloadError(`download: nothing came for ${stallTimeoutMs} ms`, { reason: 'stalled', retryable: true })

const brokenOff = (thrown: unknown, { receivedBytes }: FileCheck): DownloadError =>
  new DownloadError(`download: the connection broke after ${receivedBytes} bytes`, {
    reason: 'connection',
    retryable: true,
    cause: safeCause(thrown, []),
  })

const emptyBody = (): ReadableStream<Uint8Array> => new ReadableStream({ start: (out) => out.close() })
