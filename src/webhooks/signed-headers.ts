import { verificationError } from './delivery'
import { fromBase64 } from './signature'

/** The headers of a request, names in any case: a `Headers`, a plain record, or Node's `request.headers`. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

export const ID_HEADER = 'x-callback-id'
export const TIMESTAMP_HEADER = 'x-callback-timestamp'
export const SIGNATURE_HEADER = 'x-callback-signature'

// No dot, because dots separate what is signed: with one in the id, the same bytes could be read as another delivery.
export const ID_FORM = /^[!-\-/-~]{1,256}$/
// The service sends Unix seconds; twelve digits reach the year 33658.
export const TIMESTAMP_FORM = /^[0-9]{1,12}$/
// Base64 of 32 bytes, with the prefix that the Standard Webhooks put before it.
const SIGNATURE_FORM = /^(?:v1,)?([A-Za-z0-9+/]{43}=)$/
// One signature is usual, two while a secret changes. Each further one costs a hash of the whole body.
const MAX_SIGNATURES = 8
const HINT = ": pass the request's headers as they came"

export interface SignedHeaders {
  id: string
  timestamp: string
  signatures: Uint8Array<ArrayBuffer>[]
}

/** Reads the three headers of a signed delivery. */
export const readSignedHeaders = (headers: unknown): SignedHeaders => {
  const entries = entriesOf(headers)
  const id = read(entries, ID_HEADER)
  const timestamp = read(entries, TIMESTAMP_HEADER)
  const signature = read(entries, SIGNATURE_HEADER)
  if (!ID_FORM.test(id)) throw verificationError('missing_header', `${ID_HEADER} is malformed${HINT}`)
  if (!TIMESTAMP_FORM.test(timestamp))
    throw verificationError('bad_timestamp', `${TIMESTAMP_HEADER} is malformed${HINT}`)
  return { id, timestamp, signatures: readSignatures(signature) }
}

const readSignatures = (text: string): Uint8Array<ArrayBuffer>[] =>
  text
    .split(/,?\s+/, MAX_SIGNATURES)
    .flatMap((part) => fromBase64(SIGNATURE_FORM.exec(part)?.[1] ?? '') ?? [])

// By iteration and own fields, never by `get()`: nothing comes from a polluted prototype, and any realm's Headers will do.
const entriesOf = (headers: unknown): unknown[] => {
  if (typeof headers !== 'object' || headers === null) return []
  return Symbol.iterator in headers ? [...(headers as Iterable<unknown>)] : Object.entries(headers)
}

const read = (entries: readonly unknown[], name: string): string => {
  const text = entries
    .flatMap((entry): unknown => (Array.isArray(entry) && isNamed(entry[0], name) ? entry[1] : []))
    .filter((value) => typeof value === 'string')
    // As a `Headers` joins what is repeated.
    .join(', ')
  if (text.trim() === '') throw verificationError('missing_header', `${name} is missing${HINT}`)
  return text
}

const isNamed = (key: unknown, name: string): boolean => typeof key === 'string' && key.toLowerCase() === name
