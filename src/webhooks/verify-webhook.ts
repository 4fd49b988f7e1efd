import type { VideoResult } from '../contract/task-state'
import { ConfigurationError } from '../errors/configuration-error'
import { ownFields } from '../platform/own'
import { checkOptions } from '../settings/checks'
import { requireGlobals } from '../settings/globals'
import {
  type ParseWebhookOptions,
  rawBytes,
  readDelivery,
  type UnverifiedWebhook,
  verificationError,
  type WebhookBody,
} from './delivery'

/** The headers of a request, names in any case: a `Headers`, a plain record, or Node's `request.headers`. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

/** A delivery that the service signed. Plain JSON data. */
export interface WebhookEvent<R = VideoResult> extends UnverifiedWebhook<R> {
  /** The delivery's own id. A delivery can repeat: skip an id that you have handled. */
  id: string
  /** When the service signed the delivery, as an ISO 8601 string. */
  sentAt: string
}

/** Options of verifying a delivery. */
export interface VerifyWebhookOptions<R = VideoResult> extends ParseWebhookOptions<R> {
  /**
   * How far the delivery's timestamp may be from now, into the past or the future, in seconds. Longer makes replays easier.
   * @default 300
   */
  toleranceSeconds?: number | undefined
  /**
   * The time to compare with, as a `Date` or in milliseconds since 1970; for tests and stored deliveries.
   * @default the system's time
   */
  now?: Date | number | undefined
}

/**
 * Checks that the service sent this delivery recently and unchanged, and reads it. Pass the **raw** body: parsed and
 * reserialised JSON has another signature. Answer with a 2xx within 10 seconds, or the service delivers it again.
 *
 * @param body the request's text or bytes as received, 1 MiB at most
 * @param headers the request's headers; a `Headers`, a plain record or Node's
 * @param secrets the account's Callback Secret (base64), or several, of which one must match
 * @throws {WebhookVerificationError} the request cannot be trusted or read; `reason` says why
 * @throws {ConfigurationError} a secret or an option is wrong, whatever the request contains
 *
 * @example
 * const event = await verifyWebhook(await request.text(), request.headers, env.RUNAPI_CALLBACK_SECRET)
 * if (event.task.status === 'completed') console.log(event.taskId, event.task.videos[0].url)
 */
export const verifyWebhook = async <R = VideoResult>(
  body: WebhookBody,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options?: VerifyWebhookOptions<R>,
): Promise<WebhookEvent<R>> => {
  const {
    toleranceSeconds = 300,
    now = Date.now(),
    result,
  } = ownFields(checkOptions('options', options, { toleranceSeconds: true, now: true, result: true }))
  const nowMs = Number(now)
  if (!(toleranceSeconds >= 0 && Math.abs(nowMs) <= 8.64e15))
    throw new ConfigurationError('toleranceSeconds must be 0 or more, and now a valid Date or milliseconds')
  requireGlobals('a webhook', 'crypto.subtle', 'TextEncoder', 'TextDecoder', 'URL', 'atob')
  const keys = hmacKeysOf(secrets)

  const { id, timestamp, signatures } = readSignedHeaders(headers)
  const sentMs = Number(timestamp) * 1000
  const offSeconds = Math.abs(nowMs - sentMs) / 1000
  if (offSeconds > toleranceSeconds)
    throw verificationError(
      'stale',
      `${TIMESTAMP_HEADER} is ${Math.round(offSeconds)} s from now, more than toleranceSeconds (${toleranceSeconds}): a replay, or a wrong clock`,
    )
  const message = signedMessage(id, timestamp, rawBytes(body))
  if (!(await isSigned(message, signatures, keys)))
    throw verificationError(
      'no_match',
      `${SIGNATURE_HEADER} does not match: check the secret, and that body is as received, not parsed and serialised again`,
    )
  const signedBody = message.subarray(id.length + timestamp.length + 2)
  return { id, sentAt: new Date(sentMs).toISOString(), ...readDelivery(signedBody, nowMs, result) }
}

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

interface SignedHeaders {
  id: string
  timestamp: string
  signatures: Uint8Array<ArrayBuffer>[]
}

/** Reads the three headers of a signed delivery. */
const readSignedHeaders = (headers: unknown): SignedHeaders => {
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

/** The HMAC keys in one Callback Secret or in several. No message contains a character of a secret. */
const hmacKeysOf = (secrets: string | readonly string[]): Uint8Array<ArrayBuffer>[] =>
  Array.isArray(secrets) && secrets.length > 0 ? Array.from(secrets, hmacKeyOf) : [hmacKeyOf(secrets)]

export const hmacKeyOf = (secret: unknown): Uint8Array<ArrayBuffer> => {
  const text = typeof secret === 'string' ? secret.trim() : ''
  const key = fromBase64(text.replace(/^whsec_/, ''))
  if (key) return key
  throw new ConfigurationError(
    `the webhook secret is ${text === '' ? 'missing' : 'not base64'}: pass the account's Callback Secret as a string, or several in an array`,
  )
}

type Bytes = Uint8Array<ArrayBuffer>

/** The signed message: `<id>.<timestamp>.<body>`, a copy of the body's exact bytes. */
export const signedMessage = (id: string, timestamp: string, body: Uint8Array): Bytes => {
  const prefix = new TextEncoder().encode(`${id}.${timestamp}.`)
  const message = new Uint8Array(prefix.length + body.length)
  message.set(prefix)
  message.set(body, prefix.length)
  return message
}

export const sign = async (message: Bytes, key: Bytes): Promise<ArrayBuffer> =>
  crypto.subtle.sign('HMAC', await importKey(key), message)

/** Whether one of the signatures was made with one of the keys. WebCrypto compares them, in constant time. */
const isSigned = async (
  message: Bytes,
  signatures: readonly Bytes[],
  keys: readonly Bytes[],
): Promise<boolean> => {
  for (const bytes of keys) {
    const key = await importKey(bytes)
    for (const signature of signatures) {
      if (await crypto.subtle.verify('HMAC', key, signature, message)) return true
    }
  }
  return false
}

const importKey = (bytes: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])

/** The bytes of standard base64, padded or not; `undefined` for anything else and for none. */
const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  // atob alone would forgive whitespace.
  if (!/^[A-Za-z0-9+/]+=*$/.test(text)) return undefined
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

export const toBase64 = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)))
