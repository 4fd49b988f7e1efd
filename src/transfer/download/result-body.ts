import { DownloadError } from '../../errors/download-error'
import type { OpenedStream } from '../../transport/fetch'

// Pages and error documents. A subtitle or a text may well be a result.
const NO_FILE = /^(?:text\/html|text\/xml|application\/(?:[\w.+-]+\+)?(?:json|xml|xhtml\+xml))$/
// Codings that change nothing: S3 keeps `aws-chunked` of an upload, and gives plain bytes.
const PLAIN = new Set(['', 'identity', 'aws-chunked'])

/** The bytes of a result, and how many there will be. */
export interface ResultBody {
  body: ReadableStream<Uint8Array>
  contentLength: number | undefined
}

/**
 * The file in an answer, as it was before a server compressed it against our wish. Refuses pages: by their content, not
 * only by what they are called, because a server may call a video anything. `read` bounds the time of one read.
 */
export const resultBody = async (
  { header, body }: Pick<OpenedStream, 'header' | 'body'>,
  read: <T>(once: () => Promise<T>) => Promise<T>,
): Promise<ResultBody> => {
  const mediaType = header('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const codings = (header('content-encoding') ?? '').split(',').map((name) => name.trim().toLowerCase())
  const isPlain = codings.every((name) => PLAIN.has(name))
  const bytes = body ?? new ReadableStream({ start: (out) => out.close() })
  const contentLength = isPlain ? lengthIn(header('content-length')) : undefined
  const isCalledPage = NO_FILE.test(mediaType)
  if (isPlain && !isCalledPage) return { body: bytes, contentLength }

  const { first, whole } = await peek(bytes, read)
  if (isCalledPage && !isBinary(first)) {
    whole.cancel().catch(() => {})
    throw new DownloadError(`download: ${mediaType} came instead of a media file`, { reason: 'content' })
  }
  return { body: isPlain ? whole : decompressed(whole, first), contentLength }
}

/** The first bytes of a stream, and a stream of all of them. */
const peek = async (
  body: ReadableStream<Uint8Array>,
  read: <T>(once: () => Promise<T>) => Promise<T>,
): Promise<{ first: Uint8Array; whole: ReadableStream<Uint8Array> }> => {
  const reader = body.getReader()
  let held = (await read(() => reader.read())) as ReadableStreamReadResult<Uint8Array> | undefined
  const first = held?.value ?? new Uint8Array()
  const whole = new ReadableStream<Uint8Array>(
    {
      pull: async (out) => {
        const { done, value } = held ?? (await reader.read())
        held = undefined
        if (done) out.close()
        else out.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  return { first, whole }
}

// fetch undoes the codings that it knows, and a stand-in for it may not: the bytes themselves say.
const decompressed = (
  body: ReadableStream<Uint8Array>,
  [a = 0, b = 0]: Uint8Array,
): ReadableStream<Uint8Array> => {
  const isGzip = a === 0x1f && b === 0x8b
  const isDeflate = (a & 0x0f) === 8 && a >> 4 <= 7 && (a * 256 + b) % 31 === 0
  if ((!isGzip && !isDeflate) || typeof DecompressionStream === 'undefined') return body
  const stream = new DecompressionStream(isGzip ? 'gzip' : 'deflate')
  return body.pipeThrough(stream as ReadableWritablePair<Uint8Array, Uint8Array>)
}

// The binary data bytes of the MIME Sniffing standard, none of which a page or JSON contains.
const isBinary = (bytes: Uint8Array): boolean =>
  bytes
    .subarray(0, 1_445)
    .some((byte) => byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1f && byte !== 0x1b))

/** Whether a file begins as an HTML page does, whatever it is called. */
export const isPage = (bytes: Uint8Array): boolean =>
  /^\s*<(?:!doctype html|html)[\s>]/i.test(String.fromCharCode(...bytes.subarray(0, 128)))

// A length that was sent twice is joined by a comma.
const lengthIn = (value: string | null): number | undefined => {
  const [length, ...others] = new Set((value ?? '').split(',').map((text) => text.trim()))
  return length !== undefined && others.length === 0 && /^\d{1,15}$/.test(length) ? Number(length) : undefined
}
