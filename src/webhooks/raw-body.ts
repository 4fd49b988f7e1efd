import { refusal } from './refusal'

/** A request's body as it came: its text, or its bytes (a Node `Buffer` is a `Uint8Array`). */
export type WebhookBody = string | Uint8Array | ArrayBuffer

// A delivery is a few hundred bytes. Nothing beyond this is hashed or parsed.
const MAX_BYTES = 2 ** 20

/** The bytes of a raw body. */
export const rawBytes = (body: unknown): Uint8Array => {
  const bytes = bytesOf(body)
  if (!bytes)
    throw refusal(
      'bad_body',
      'body must be the raw text or bytes, such as `await request.text()`, not a parsed object',
    )
  if (bytes.length > MAX_BYTES) throw refusal('bad_body', 'body is larger than 1 MiB')
  return bytes
}

const bytesOf = (body: unknown): Uint8Array | undefined => {
  // A UTF-16 unit is at least one byte, so a text that is cut here is still too large.
  if (typeof body === 'string') return new TextEncoder().encode(body.slice(0, MAX_BYTES + 1))
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  // Not `instanceof`, which fails for a buffer of another realm (jsdom, edge sandboxes).
  if (Object.prototype.toString.call(body) === '[object ArrayBuffer]')
    return new Uint8Array(body as ArrayBuffer)
  return undefined
}
