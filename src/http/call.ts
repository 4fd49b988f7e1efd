import { linkSignals } from '../lifetime'
import type { CallOptions } from '../options'
import { ownFields } from '../own'
import type { Answer } from './answer'
import { callLimits } from './call-limits'
import { type ApiRequest, type HttpContext, newTrail, request } from './request'

export interface Call extends Omit<ApiRequest, 'json' | 'trail'> {
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
  limits.signal?.throwIfAborted()
  const json = body === undefined ? {} : { json: JSON.stringify(body) }
  const { signal, release } = linkSignals(http.lifetime, limits.signal)
  const asked = { ...what, ...json, headers: { ...headers, ...ofCall }, trail: newTrail() }
  return request(http, asked, { ...limits, signal }).finally(release)
}
