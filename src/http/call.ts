import type { CallOptions } from '../contract/options'
import { type Clock, systemClock } from '../platform/clock'
import { throwIfAborted } from '../platform/on-abort'
import { ownFields } from '../platform/own'
import {
  checkCount,
  checkMs,
  checkOptions,
  checkSignal,
  checkTime,
  type OptionNames,
} from '../settings/checks'
import { requireGlobals } from '../settings/globals'
import { type HeaderRecord, headerRecord } from '../settings/headers'
import type { Settings } from '../settings/settings'
import {
  type ApiRequest,
  type ApiResponse,
  type HttpContext,
  newDelivery,
  type RequestLimits,
} from './context'
import { sendRequest } from './request'
import { combineSignals } from './shutdown'

/** Throws if runtime or clock lack what a request or a wait needs, including what it takes to read a paid answer. */
export const requireRequestGlobals = (clock: Clock): void => {
  requireGlobals('a request', 'AbortController', 'TextDecoder', 'URL')
  if (clock === systemClock) requireGlobals('a time limit', 'setTimeout', 'clearTimeout')
  checkTime(clock)
}

/** The limits of a call, as its caller passes them. */
export interface CallLimits extends Omit<RequestLimits, 'signal'> {
  signal: AbortSignal | undefined
}

/** The options that every call takes. */
export const CALL_OPTIONS: OptionNames<CallOptions> = {
  signal: true,
  timeoutMs: true,
  maxRetries: true,
  headers: true,
}

/** A call's options, checked, with the client's if the call has none. */
export const callLimits = <T extends CallOptions>(
  given: T | undefined,
  settings: Settings,
  known: OptionNames<T> = CALL_OPTIONS as OptionNames<T>,
): CallLimits & { headers: HeaderRecord } => {
  const options = ownFields<CallOptions>(checkOptions('options', given, known))
  requireRequestGlobals(settings.clock)
  return {
    signal: options.signal && checkSignal(options.signal),
    timeoutMs: checkMs('timeoutMs', options.timeoutMs ?? settings.timeoutMs),
    maxRetries: checkCount('maxRetries', options.maxRetries ?? settings.maxRetries, 0),
    headers: headerRecord(options.headers),
  }
}

export interface Call {
  /** The call's name, in events and messages. */
  readonly operation: string
  readonly method: ApiRequest['method']
  /** Under the base URL, beginning with a slash. */
  readonly path: string
  /** Sent as JSON. */
  readonly body?: object
  /** Whether making it twice does no harm. */
  readonly idempotent: boolean
  /** Whether the service answers it without a key too. */
  readonly keyOptional?: boolean
}

/** Makes one call of a method that buys nothing, with the caller's options. */
export const call = async <T extends CallOptions>(
  http: HttpContext,
  given: Call,
  options: T | undefined,
  known?: OptionNames<T>,
): Promise<ApiResponse> => {
  const { body, keyOptional = false, ...rest } = ownFields(given) as Call
  const { headers, ...limits } = callLimits(options, http.settings, known)
  throwIfAborted(limits.signal)
  const { signal, release } = combineSignals(http.shutdown, limits.signal)
  const request: ApiRequest = {
    ...rest,
    body: body === undefined ? undefined : JSON.stringify(body),
    headers,
    idempotencyKey: undefined,
    keyOptional,
    slots: undefined,
    delivery: newDelivery(),
    advice: undefined,
  }
  return sendRequest(http, request, { ...limits, signal }).finally(release)
}
