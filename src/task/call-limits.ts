import { checkCount, checkMs, checkOptions, checkSignal } from '../checks'
import { type HeaderRecord, headerRecord } from '../http/headers'
import type { RequestLimits } from '../http/request'
import type { CallOptions } from '../options'
import { ownFields } from '../own'
import type { Settings } from '../settings'

/** A call's options, checked, with the client's where the call has none. */
export const callLimits = (
  given: CallOptions | undefined,
  settings: Settings,
): RequestLimits & { headers: HeaderRecord } => {
  const options = ownFields(checkOptions('options', given))
  return {
    signal: options.signal && checkSignal(options.signal),
    timeoutMs: checkMs('timeoutMs', options.timeoutMs ?? settings.timeoutMs),
    maxRetries: checkCount('maxRetries', options.maxRetries ?? settings.maxRetries, 0),
    headers: headerRecord(options.headers),
  }
}
