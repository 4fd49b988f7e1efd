import type { BodyTooLarge } from './transport'

// How much may wait for a reader, and how much of an unwanted answer is read to keep its connection.
const UNREAD_BYTES = 64 * 1024

/** Controls the connection that the body comes from. */
export interface Tap {
  pause(): void
  resume(): void
  /** Abandons the rest of the body, and the connection with it. */
  abort(reason: Error): void
}

/** The body of one answer, gathered as it comes. */
export interface IncomingBody {
  add(chunk: Uint8Array): void
  end(): void
  fail(error: unknown): void
  /** The whole body; rejects with a `BodyTooLarge` as soon as more than `maxBytes` have come. */
  read(maxBytes: number): Promise<Uint8Array>
  discard(): void
}

export const incomingBody = (tap: Tap): IncomingBody => {
  const chunks: Uint8Array[] = []
  let size = 0
  let outcome: 'ended' | { error: unknown } | undefined
  let settle: (() => void) | undefined

  const finish = (how: NonNullable<typeof outcome>): void => {
    outcome ??= how
    settle?.()
  }
  const read = (maxBytes: number): Promise<Uint8Array> => {
    // Most answers come in one piece.
    if (outcome === 'ended' && size <= maxBytes) return Promise.resolve(concatenate(chunks, size))
    return new Promise((resolve, reject) => {
      settle = () => {
        if (size > maxBytes) {
          chunks.length = 0
          reject({ tooLarge: true } satisfies BodyTooLarge)
          if (!outcome) tap.abort(new Error('aborted'))
        } else if (outcome === 'ended') resolve(concatenate(chunks, size))
        else if (outcome) reject(outcome.error)
      }
      settle()
      if (size > UNREAD_BYTES && !outcome) tap.resume()
    })
  }
  return {
    add: (chunk) => {
      size += chunk.byteLength
      chunks.push(chunk)
      if (settle) settle()
      else if (size > UNREAD_BYTES) tap.pause()
    },
    end: () => finish('ended'),
    fail: (error) => finish({ error }),
    read,
    discard: () => {
      read(UNREAD_BYTES).catch(() => {})
    },
  }
}

export const concatenate = (chunks: readonly Uint8Array[], size: number): Uint8Array => {
  const [only] = chunks
  if (only && chunks.length === 1) return only
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

type Decode = (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
  done: (error: Error | null, decoded: Uint8Array) => void,
) => void

// As many as fetch undoes.
const MAX_ENCODINGS = 5

/**
 * Undoes the `Content-Encoding` of a whole body as fetch does: one that is unknown leaves the body as it came. Rejects
 * with a `BodyTooLarge` as soon as more than `maxBytes` come out and, unlike fetch, for a body that breaks off.
 */
export const decodeBody = async (
  bytes: Uint8Array,
  encoding: string,
  maxBytes: number,
): Promise<Uint8Array> => {
  const names = encoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length === 0 || bytes.byteLength === 0) return bytes
  if (names.length > MAX_ENCODINGS) throw new Error(`the answer has ${names.length} content encodings`)
  const zlib: Zlib = await import('node:zlib')
  const decoders = names.map((name) => decoderOf(name, zlib))
  if (decoders.includes(undefined)) return bytes
  let decoded = bytes
  // The last one was applied last.
  for (const decode of decoders.reverse()) if (decode) decoded = await run(decode, decoded, maxBytes)
  return decoded
}

// Not in every Node that this runs on.
type Zlib = typeof import('node:zlib') & { zstdDecompress?: Decode }

const decoderOf = (name: string, zlib: Zlib): Decode | undefined => {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return zlib.gunzip
    case 'br':
      return zlib.brotliDecompress
    case 'zstd':
      return zlib.zstdDecompress
    case 'deflate':
      // Some servers omit the zlib header, which the standard requires.
      return (bytes, options, done) =>
        (((bytes[0] ?? 0) & 0x0f) === 8 ? zlib.inflate : zlib.inflateRaw)(bytes, options, done)
    default:
      return undefined
  }
}

const run = (decode: Decode, bytes: Uint8Array, maxOutputLength: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    decode(bytes, { maxOutputLength }, (error, decoded) => {
      if (!error) resolve(decoded)
      else if ((error as { code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') reject(error)
      else reject({ tooLarge: true } satisfies BodyTooLarge)
    })
  })
