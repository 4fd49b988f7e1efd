import type { CallOptions } from '../contract/options'
import { throwIfAborted } from '../platform/on-abort'
import { ownFields } from '../platform/own'
import type { Answer } from './answer'
import { callLimits } from './call-limits'
import { type ApiRequest, type HttpContext, newDelivery } from './context'
import { request } from './request'
import { combineSignals } from './shutdown'

export interface Call extends Omit<ApiRequest, 'json' | 'delivery'> {
  /** Sent as JSON. */
  readonly body?: object
}

/** Makes one call of a method that buys nothing, with the caller's options. */
export const call = async (
  http: HttpContext,
  given: Call,
  options: CallOptions | undefined,
): Promise<Answer> => {
  const { body, headers, ...what } = ownFields(given) as Call
  const { headers: ofCall, ...limits } = callLimits(options, http.settings)
  throwIfAborted(limits.signal)
  const json = body === undefined ? {} : { json: JSON.stringify(body) }
  const { signal, release } = combineSignals(http.shutdown, limits.signal)
  const asked = { ...what, ...json, headers: { ...headers, ...ofCall }, delivery: newDelivery() }
  return request(http, asked, { ...limits, signal }).finally(release)
}
