import type { CallOptions } from '../contract/options'
import { type Clock, systemClock } from '../platform/clock'
import { ownFields } from '../platform/own'
import { checkCount, checkMs, checkOptions, checkSignal } from '../settings/checks'
import { requireGlobals } from '../settings/globals'
import { type HeaderRecord, headerRecord } from '../settings/headers'
import type { Settings } from '../settings/settings'
import type { RequestLimits } from './context'

/** Throws where the runtime lacks what a request or a wait needs, also to read an answer that was paid for. */
export const requireRequestGlobals = (clock: Clock): void => {
  requireGlobals('a request', 'AbortController', 'TextDecoder', 'URL')
  if (clock === systemClock) requireGlobals('a time limit', 'setTimeout', 'clearTimeout')
}

/** What bounds a call, as its caller gives it. */
export interface CallLimits extends Omit<RequestLimits, 'signal'> {
  signal: AbortSignal | undefined
}

/** A call's options, checked, with the client's where the call has none. */
export const callLimits = (
  given: CallOptions | undefined,
  settings: Settings,
): CallLimits & { headers: HeaderRecord } => {
  const options = ownFields(checkOptions('options', given))
  requireRequestGlobals(settings.clock)
  return {
    signal: options.signal && checkSignal(options.signal),
    timeoutMs: checkMs('timeoutMs', options.timeoutMs ?? settings.timeoutMs),
    maxRetries: checkCount('maxRetries', options.maxRetries ?? settings.maxRetries, 0),
    headers: headerRecord(options.headers),
  }
}
