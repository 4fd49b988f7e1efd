import type { RunApiClient } from '../client'
import { isBrowser } from '../platform/env'
import { VERSION } from '../platform/version'
import { sessionOf } from '../session'
import { headerRecord } from '../settings/headers'
import type { VideoCallOptions } from './call-options'

/** The client as it is for one call of the SDK: each of its requests carries the headers of the call. */
export type WithHeaders = (given: VideoCallOptions['headers']) => RunApiClient

export const createWithHeaders = (client: RunApiClient): WithHeaders => {
  const { headers: ours } = sessionOf(client).settings
  // Kept, because nearly every call has the same ones, and a client warns of a strange status word once.
  let last: { text: string; client: RunApiClient } | undefined
  return (given) => {
    const { 'idempotency-key': _, 'user-agent': theirs, ...headers } = headerRecord(given)
    const named = ours['user-agent'] ?? `runapi-video/${VERSION}`
    const agent = theirs === undefined || isBrowser() ? {} : { 'user-agent': `${named} ${theirs}` }
    const all = { ...ours, ...headers, ...agent }
    const text = JSON.stringify(all)
    if (last?.text !== text) last = { text, client: client.withOptions({ headers: all }) }
    return last.client
  }
}
