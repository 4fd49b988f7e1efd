import { requireRequestGlobals } from '../../http/call'
import { guarded } from '../../platform/call-back'
import { ownFields } from '../../platform/own'
import {
  checkCount,
  checkFunction,
  checkMs,
  checkOptions,
  checkSignal,
  type OptionNames,
} from '../../settings/checks'
import { requireGlobals } from '../../settings/globals'
import type { Settings } from '../../settings/settings'

/** The progress of a download. */
export interface DownloadProgress {
  /** Bytes received so far. */
  receivedBytes: number
  /** The size of the file, if the server says it. */
  totalBytes?: number
}

/** Options of a download. */
export interface DownloadOptions {
  /** Ends the download at any point, in the body too; it ends with `signal.reason` itself. */
  signal?: AbortSignal | undefined
  /**
   * The largest file to accept, in bytes; beyond that the download fails.
   * @default no limit
   */
  maxBytes?: number | undefined
  /** Receives the progress with each chunk. An error that it throws is only logged. */
  onProgress?: ((progress: DownloadProgress) => void) | undefined
  /**
   * How long to wait for the next chunk, in milliseconds; the answer's headers count as the first.
   * @default 30_000
   */
  stallTimeoutMs?: number | undefined
  /**
   * Further attempts after the first: for the answer here, for the whole file with `downloadVideo`.
   * @default 2
   */
  maxRetries?: number | undefined
}

/** The options, checked. */
export interface DownloadLimits {
  signal: AbortSignal | undefined
  maxBytes: number
  stallTimeoutMs: number
  maxRetries: number
  report: ((progress: DownloadProgress) => void) | undefined
}

const STALL_TIMEOUT_MS = 30_000
const MAX_RETRIES = 2

export const DOWNLOAD_OPTIONS: OptionNames<DownloadOptions> = {
  signal: true,
  maxBytes: true,
  onProgress: true,
  stallTimeoutMs: true,
  maxRetries: true,
}

export const checkDownloadOptions = (
  given: DownloadOptions | undefined,
  { log, clock }: Settings,
): DownloadLimits => {
  const options = ownFields(checkOptions('options', given, DOWNLOAD_OPTIONS))
  requireRequestGlobals(clock)
  requireGlobals('a download', 'ReadableStream')
  const { signal, onProgress, maxBytes = Infinity } = options
  return {
    signal: signal && checkSignal(signal),
    maxBytes: maxBytes === Infinity ? Infinity : checkCount('maxBytes', maxBytes, 1),
    stallTimeoutMs: checkMs('stallTimeoutMs', options.stallTimeoutMs ?? STALL_TIMEOUT_MS),
    maxRetries: checkCount('maxRetries', options.maxRetries ?? MAX_RETRIES, 0),
    report:
      onProgress &&
      guarded(checkFunction('onProgress', onProgress), {
        name: 'onProgress',
        log,
        otherwise: 'the download goes on',
      }),
  }
}
