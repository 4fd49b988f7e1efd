import type { CreateOptions } from '../contract/options'
import { own } from '../platform/own'
import { refuseUndefinedKey, undefinedKey } from '../settings/checks'
import { requireGlobals } from '../settings/globals'
import { headerEntries } from '../settings/headers'

/** A fresh idempotency key. Not `randomUUID`: pages on plain http have none. Throws where there is no randomness. */
export const generateKey = (): string => {
  requireGlobals('a new idempotency key', 'crypto.getRandomValues')
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * The caller's own key, from the option or from a header of the call; `undefined` where none is given. It is checked
 * later, where a refusal can reject. Throws for a key that is given as `undefined`.
 */
export const givenKey = (options: CreateOptions | undefined): unknown => {
  refuseUndefinedKey(options)
  // Not `??`: a null is an order's key that is missing, and one generated instead would buy a second time.
  const key = own(options, 'idempotencyKey')
  return key === undefined ? keyIn(own(options, 'headers')) : key
}

const HEADER = 'idempotency-key'

const keyIn = (headers: unknown): unknown => {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return undefined
  const entry = headerEntries(headers).find(([name]) => String(name).toLowerCase() === HEADER)
  if (entry && entry[1] === undefined) throw undefinedKey()
  return entry?.[1]
}
