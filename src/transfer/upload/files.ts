import type { UploadedFile } from '../../contract/uploaded-file'
import { ConfigurationError } from '../../errors/configuration-error'
import { call } from '../../http/call'
import { ownFields } from '../../platform/own'
import type { Session } from '../../session'
import { parseUrl } from '../../settings/base-url'
import { checkFunction, checkOptions } from '../../settings/checks'
import { type Content, checkFileName, contentOf } from './content'
import { readUploadedFile } from './read-uploaded-file'
import { uploadContent } from './upload-content'
import type { UploadOptions } from './upload-options'

/** A public URL, or bytes. */
export type UploadSource = string | URL | Blob | Uint8Array | ArrayBuffer

/** Temporary files at the service, as inputs of tasks. */
export interface Files {
  /**
   * Uploads a file for use as an input: from a public URL, which the service fetches itself, or from bytes. A `Blob` is
   * read twice and need not fit into memory. A transfer that breaks begins again. Uploading buys nothing.
   *
   * For a file on disk use `uploadFile` of `runapi-video/node`.
   *
   * @throws {ConfigurationError} for a source that is empty or none of these
   * @throws {ApiError} when the service or its storage refuses, {ConnectionError}, {MalformedResponseError}
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
    const url = urlOf(source)
    if (url !== undefined) return uploadUrl(session, url, options)
    return uploadContent(session, bytesOf(source, options), options)
  },
})

export const checkUploadOptions = (given: UploadOptions | undefined): UploadOptions => {
  const options = ownFields(checkOptions('options', given))
  if (options.onProgress !== undefined) checkFunction('onProgress', options.onProgress)
  return options
}

const uploadUrl = async (
  { http }: Session,
  url: string,
  { fileName, ...options }: UploadOptions,
): Promise<UploadedFile> => {
  const what = { operation: 'files.upload', method: 'POST', path: '/api/v1/files' } as const
  const name = fileName === undefined ? {} : { file_name: checkFileName(fileName) }
  const body = { source: { type: 'url', url }, ...name }
  // Each repetition could leave one more file behind.
  return readUploadedFile(await call(http, { ...what, body, idempotent: false }, options))
}

const urlOf = (source: unknown): string | undefined => {
  if (typeof URL === 'function' && source instanceof URL) return urlOf(source.href)
  if (typeof source !== 'string') return undefined
  if (/^https?:\/\/\S+$/i.test(source) && parseUrl(source, undefined)) return source
  throw new ConfigurationError(
    'source: must be an http(s) URL, a Blob or bytes; for a file on disk use uploadFile of runapi-video/node',
  )
}

const bytesOf = (source: unknown, options: UploadOptions): Content => {
  // By shape, because another realm's Blob and buffers are no instances of this one's.
  const kind = Object.prototype.toString.call(source).slice(8, -1)
  if (kind === 'Blob' || kind === 'File') {
    const blob = source as Blob & { name?: string }
    return contentOf({ body: blob, name: blob.name, type: blob.type }, options)
  }
  if (ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength } = source
    const view = new Uint8Array(buffer, byteOffset, byteLength)
    return contentOf({ body: isShared(buffer) ? view.slice() : (view as Uint8Array<ArrayBuffer>) }, options)
  }
  if (kind === 'ArrayBuffer') return contentOf({ body: new Uint8Array(source as ArrayBuffer) }, options)
  throw new ConfigurationError('source: must be a public URL, a Blob, a Uint8Array or an ArrayBuffer')
}

// fetch takes no shared memory.
const isShared = (buffer: ArrayBufferLike): boolean =>
  Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]'
