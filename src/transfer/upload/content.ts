import { ConfigurationError } from '../../errors/configuration-error'
import { createMd5 } from './md5'
import { extensionOf, mediaTypeOf } from './media-types'
import type { UploadOptions } from './upload-options'

/** Bytes that are to be uploaded, wherever they are. */
export interface Content {
  readonly fileName: string
  readonly contentType: string
  readonly size: number
  /** All of them, as a body that says its length. */
  readonly body: Blob | Uint8Array<ArrayBuffer>
  /** Whether they lie on a disk: Node's fetch would read such a Blob into memory as fast as it can. */
  readonly isOnDisk: boolean
  /** All of them again, from the beginning, each time. */
  chunks(): ReadableStream<Uint8Array>
  /** Base64 of their MD5. */
  md5(): Promise<string>
}

interface Source {
  body: Blob | Uint8Array<ArrayBuffer>
  /** The name and the type that the source has of itself. */
  name?: string | undefined
  type?: string | undefined
  isOnDisk?: boolean
  /** Base64 of the MD5 of these bytes, if something does it faster than this library. */
  md5?: (chunks: ReadableStream<Uint8Array>) => Promise<string>
}

/** Describes bytes in memory, or a `Blob`, which may lie on a disk. */
export const contentOf = (source: Source, { fileName, contentType }: UploadOptions): Content => {
  const { body } = source
  const size = body instanceof Uint8Array ? body.byteLength : body.size
  if (size === 0) throw new ConfigurationError('source: is empty')
  const type = contentType ?? (isContentType(source.type) ? source.type : undefined)
  const name =
    fileName === undefined
      ? nameOf(source.name) || `upload${extensionOf(type ?? '')}`
      : checkFileName(fileName)
  const chunks = (): ReadableStream<Uint8Array> => slices(body, size)
  return {
    fileName: name,
    contentType: checkContentType(type ?? mediaTypeOf(name) ?? 'application/octet-stream'),
    size,
    // Without its own type, which fetch would send as a header that was not asked for.
    body: body instanceof Uint8Array ? body : body.slice(0, size),
    isOnDisk: source.isOnDisk ?? false,
    chunks,
    md5: () => (source.md5 ?? md5Of)(chunks()),
  }
}

/** A file's name as the service gets it. */
export const checkFileName = (name: unknown): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
  if (typeof name === 'string' && /^[^\x00-\x1f\x7f/\\]{1,255}$/u.test(name) && name.trim() !== '')
    return name
  throw new ConfigurationError(
    'fileName: must be 1 to 255 characters without a slash, backslash or control character',
  )
}

/** The name that a source has of itself, with what the service's names cannot hold replaced; empty if it has none. */
const nameOf = (name: string | undefined): string =>
  // The end of a long name tells its type.
  [...(name ?? '').replace(/[\p{Cc}/\\]/gu, '_')].slice(-MAX_NAME).join('').trim()

const MAX_NAME = 255

const isContentType = (type: unknown): type is string =>
  typeof type === 'string' && /^[\w.+-]+\/[\w.+-]+(?:; ?[\x20-\x7e]+)?$/.test(type)

const checkContentType = (type: unknown): string => {
  if (isContentType(type)) return type
  throw new ConfigurationError("contentType: must be a media type such as 'video/mp4'")
}

const SLICE = 128 * 1024

// Not the Blob's own stream, which gives all of it in one piece on Node.
const slices = (body: Content['body'], size: number): ReadableStream<Uint8Array> => {
  let at = 0
  return new ReadableStream(
    {
      pull: async (out) => {
        if (at >= size) return out.close()
        const end = at + SLICE
        const isBytes = body instanceof Uint8Array
        out.enqueue(
          isBytes ? body.subarray(at, end) : new Uint8Array(await body.slice(at, end).arrayBuffer()),
        )
        at = end
      },
    },
    { highWaterMark: 0 },
  )
}

const md5Of = async (chunks: ReadableStream<Uint8Array>): Promise<string> => {
  const md5 = createMd5()
  const reader = chunks.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return btoa(String.fromCharCode(...md5.digest()))
    md5.update(value)
  }
}
