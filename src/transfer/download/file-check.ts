import { DownloadError } from '../../errors/download-error'
import { createTruncationCheck } from './truncation-check'

/** Holds the bytes that come against what is known of the file; throws a `DownloadError` where they do not fit. */
export interface FileCheck {
  readonly receivedBytes: number
  add(chunk: Uint8Array): void
  end(): void
}

export interface Expected {
  contentLength: number | undefined
  maxBytes: number
}

export const createFileCheck = ({ contentLength, maxBytes }: Expected): FileCheck => {
  const walk = createTruncationCheck()
  let receivedBytes = 0
  // Where all is known before the first byte, none is taken.
  if (contentLength !== undefined && contentLength > maxBytes) throw tooLarge(maxBytes)

  return {
    get receivedBytes() {
      return receivedBytes
    },
    add: (chunk) => {
      receivedBytes += chunk.byteLength
      if (receivedBytes > maxBytes) throw tooLarge(maxBytes)
      if (contentLength !== undefined && receivedBytes > contentLength) {
        throw wrongLength(`more than the announced ${contentLength} bytes came`)
      }
      walk.add(chunk)
    },
    end: () => {
      if (contentLength !== undefined && receivedBytes < contentLength) {
        throw wrongLength(`${receivedBytes} of ${contentLength} bytes came`)
      }
      if (receivedBytes === 0) throw wrongLength('the file is empty')
      // The only witness where the server announced no length, or too short a one.
      if (walk.endsInside()) throw wrongLength(`the video breaks off after ${receivedBytes} bytes`)
    },
  }
}

const tooLarge = (maxBytes: number): DownloadError =>
  new DownloadError(`download: the file is larger than maxBytes (${maxBytes})`, { reason: 'too_large' })

const wrongLength = (what: string): DownloadError =>
  new DownloadError(`download: ${what}`, { reason: 'length', retryable: true })
