import { type UploadedFile, withContent } from '../../contract/uploaded-file'
import { ConfigurationError } from '../../errors/configuration-error'
import { call } from '../../http/call'
import type { Session } from '../../session'
import { type BaseUrl, parseUrl } from '../../settings/base-url'
import { isPrivateAddress } from '../private-address'
import { type Content, checkFileName, contentOf } from './content'
import { readUploadedFile, uploadContent } from './direct-upload'
import { checkUploadOptions, UPLOAD_OPTIONS, type UploadOptions } from './upload-options'

/** A public URL, a `data:` URL, or bytes. */
export type UploadSource = string | URL | Blob | ArrayBufferView | ArrayBufferLike

/** Temporary files at the service, as inputs of tasks. */
export interface Files {
  /**
   * Uploads a file for use as an input: from a public URL, which the service fetches itself, from a `data:` URL, or from
   * bytes. A `Blob` is read twice, with a ledger three times, and need not fit into memory. A broken transfer starts
   * over. Uploading buys nothing. For a stream, pass `await new Response(stream).blob()`.
   *
   * For a file on disk use `uploadFile` of `runapi-video/node`.
   *
   * @throws {ConfigurationError} for a source that is empty or none of these
   * @throws {ApiError} if the service or its storage refuses, {ConnectionError}, {MalformedResponseError}
   *
   * @example
   * const frame = await runapi.files.upload(input.files[0])
   * await runapi.hailuo.imageToVideo({ model, prompt, first_frame_image_url: frame })
   */
  upload(source: UploadSource, options?: UploadOptions): Promise<UploadedFile>
}

export const createFiles = (session: Session): Files => ({
  upload: async (source, given) => {
    const options = checkUploadOptions(given)
    const url = urlOf(source, session.settings.baseUrl())
    if (url !== undefined) return uploadUrl(session, url, options)
    return uploadContent(session, bytesOf(source, options), options)
  },
})

const uploadUrl = async ({ http }: Session, url: string, options: UploadOptions): Promise<UploadedFile> => {
  const request = { operation: 'files.upload', method: 'POST', path: '/api/v1/files' } as const
  const { fileName } = options
  const name = fileName === undefined ? {} : { file_name: checkFileName(fileName) }
  const body = { source: { type: 'url', url }, ...name }
  // Each repetition could leave one more file behind.
  const response = await call(http, { ...request, body, idempotent: false }, options, UPLOAD_OPTIONS)
  return withContent(readUploadedFile(response), url)
}

const urlOf = (source: unknown, base: BaseUrl): string | undefined => {
  if (kindOf(source) === 'URL') return urlOf((source as URL).href, base)
  if (typeof source !== 'string' || isDataUrl(source)) return undefined
  const url = /^https?:\/\/\S+$/i.test(source) ? parseUrl(source, undefined) : undefined
  if (url === undefined) return refuse(`must be ${SOURCES}${adviceOn(source)}`)
  if (base.isService && isPrivateAddress(url.hostname))
    return refuse('names a loopback or private address, where the service finds nothing; upload the bytes')
  return source
}

const SOURCES = 'an http(s) or data: URL, a Blob or bytes'

const adviceOn = (text: string): string =>
  /^blob:/i.test(text)
    ? '; a blob: URL means nothing outside its page, so pass the Blob itself'
    : '; for a file on disk use uploadFile of runapi-video/node'

const refuse = (rule: string): never => {
  throw new ConfigurationError(`source: ${rule}`)
}

const bytesOf = (source: unknown, options: UploadOptions): Content => {
  // By shape, because another realm's Blob and buffers are not instances of this one's.
  const kind = kindOf(source)
  if (kind === 'Blob' || kind === 'File') {
    const blob = source as Blob & { name?: string }
    return contentOf({ body: blob, name: blob.name, type: blob.type }, options)
  }
  if (kind === 'ArrayBuffer' || kind === 'SharedArrayBuffer')
    return contentOf({ body: ownBytes(new Uint8Array(source as ArrayBuffer)) }, options)
  if (ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength } = source
    return contentOf({ body: ownBytes(new Uint8Array(buffer, byteOffset, byteLength)) }, options)
  }
  if (kind === 'URL' || typeof source === 'string')
    return contentOf(readDataUrl(kind === 'URL' ? (source as URL).href : (source as string)), options)
  return refuse(refusalOf(source, kind))
}

const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1)

/** What to do with a value that contains bytes but is not a source. */
const refusalOf = (source: unknown, kind: string): string => {
  if (kind === 'Response' || kind === 'Request') return `is a ${kind}; pass await source.blob()`
  if (kind === 'Promise') return 'is a promise; await it first'
  if (kind === 'FileList') return 'is a list of files; pass one of them, such as input.files[0]'
  const stream = source as { getReader?: unknown; pipe?: unknown; [Symbol.asyncIterator]?: unknown } | null
  if (stream?.getReader ?? stream?.pipe ?? stream?.[Symbol.asyncIterator])
    return 'is a stream, whose length is not known; pass await new Response(stream).blob(), or write it to a file and use uploadFile of runapi-video/node'
  return `must be ${SOURCES}; a Uint8Array, such as a Buffer, for example`
}

// fetch takes neither shared memory nor memory that may change its size.
const ownBytes = (view: Uint8Array): Uint8Array<ArrayBuffer> => {
  const buffer = view.buffer as ArrayBufferLike & { resizable?: boolean; growable?: boolean }
  const isPlain = kindOf(buffer) === 'ArrayBuffer' && buffer.resizable !== true
  return isPlain ? (view as Uint8Array<ArrayBuffer>) : view.slice()
}

const isDataUrl = (text: string): boolean => /^\s*data:/i.test(text)

/** The bytes and the type of a data URL, as fetch reads them. No character of it is shown: it may be a private picture. */
const readDataUrl = (text: string): { body: Uint8Array<ArrayBuffer>; type: string | undefined } => {
  const [, head, data] = /^\s*data:([^,]*),([^#]*)/i.exec(text) ?? []
  if (head === undefined || data === undefined)
    return refuse('is a data: URL without a comma, and so without data')
  const isBase64 = /; *base64 *$/i.test(head)
  const type = head.replace(/; *base64 *$/i, '').trim()
  const bytes = percentDecoded(data)
  return { body: isBase64 ? base64Decoded(bytes) : bytes, type: type.startsWith(';') ? undefined : type }
}

const percentDecoded = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new TextEncoder().encode(text.replace(/[\t\n\r]/g, ''))
  let size = 0
  for (let at = 0; at < bytes.length; at++, size++) {
    const digits = bytes[at] === 0x25 ? String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0) : ''
    const isEscape = /^[\da-f]{2}$/i.test(digits)
    bytes[size] = isEscape ? Number.parseInt(digits, 16) : (bytes[at] as number)
    if (isEscape) at += 2
  }
  return bytes.subarray(0, size)
}

const base64Decoded = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  try {
    // A large text at once would be more arguments than a call may have; atob drops blanks itself.
    const text = new TextDecoder('latin1').decode(bytes)
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return refuse('is a data: URL whose base64 cannot be read')
  }
}
