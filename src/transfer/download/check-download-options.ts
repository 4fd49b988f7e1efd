import { requireRequestGlobals } from '../../http/call'
import { ownFields } from '../../platform/own'
import { checkCount, checkFunction, checkMs, checkOptions, checkSignal } from '../../settings/checks'
import { requireGlobals } from '../../settings/globals'
import type { Settings } from '../../settings/settings'
import { reporterOf } from '../upload/reporter-of'
import type { DownloadOptions, DownloadProgress } from './download-options'

export interface DownloadLimits {
  signal: AbortSignal | undefined
  maxBytes: number
  stallTimeoutMs: number
  maxRetries: number
  report: ((progress: DownloadProgress) => void) | undefined
}

const STALL_TIMEOUT_MS = 30_000
const MAX_RETRIES = 2

export const checkDownloadOptions = (
  given: DownloadOptions | undefined,
  { log, clock }: Settings,
): DownloadLimits => {
  const options = ownFields(checkOptions('options', given))
  requireRequestGlobals(clock)
  requireGlobals('a download', 'ReadableStream')
  const { signal, onProgress, maxBytes = Infinity } = options
  return {
    signal: signal && checkSignal(signal),
    maxBytes: maxBytes === Infinity ? Infinity : checkCount('maxBytes', maxBytes, 1),
    stallTimeoutMs: checkMs('stallTimeoutMs', options.stallTimeoutMs ?? STALL_TIMEOUT_MS),
    maxRetries: checkCount('maxRetries', options.maxRetries ?? MAX_RETRIES, 0),
    report: reporterOf(onProgress && checkFunction('onProgress', onProgress), log),
  }
}
