import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { RunApiClient } from '../client'
import type { UploadedFile } from '../contract/uploaded-file'
import { ConfigurationError } from '../errors/configuration-error'
import { safeCause } from '../http/redact'
import { contentDigest } from '../ledger/fingerprints'
import { sessionOf } from '../session'
import { contentOf } from '../transfer/upload/content'
import { uploadContent } from '../transfer/upload/direct-upload'
import { checkUploadOptions, type UploadOptions } from '../transfer/upload/upload-options'
import { pathOf } from './target-path'

/**
 * Uploads a file from the disk, for use as an input. `path` is a string, a `file:` URL or a `Buffer`. The file is read
 * twice, in chunks: for its checksum and to send it; and once more for a ledger. A broken transfer starts over. Do not
 * change the file meanwhile.
 *
 * @throws {ConfigurationError} if there is no such file, if it is empty, or if it changes while it is read
 * @throws {ApiError} if the service or its storage refuses, {ConnectionError}, {MalformedResponseError}
 *
 * @example
 * const source = await uploadFile(runapi, 'park-walk.mp4')
 * await runapi.luma.modifyVideo({ prompt, source_video_url: source })
 */
export const uploadFile = async (
  runapi: RunApiClient,
  path: string | URL | Uint8Array,
  options?: UploadOptions,
): Promise<UploadedFile> => {
  const session = sessionOf(runapi)
  const checked = checkUploadOptions(options)
  const place = pathOf(path)
  const body = await openFile(place)
  const md5 = (chunks: AsyncIterable<Uint8Array>) => hashOf(chunks, 'md5', 'base64')
  const content = contentOf({ body, name: basename(textOf(place)), isOnDisk: true, md5 }, checked)
  return uploadContent(session, content, checked)
}

/** The digest by which a ledger knows a file on the disk as that of an order, without sending it. */
export const digestOfFile = async (path: string | URL | Uint8Array): Promise<string | undefined> => {
  const place = pathOf(path)
  const { chunks } = contentOf({ body: await openFile(place) }, {})
  try {
    return await contentDigest(chunks())
  } catch (cause) {
    throw unreadable(place, 'cannot be read', cause)
  }
}

/** The SHA-256 of a file's bytes, in hex: tells whether a file is the one that was saved. */
export const sha256OfFile = async (path: string | URL | Uint8Array): Promise<string> => {
  const place = pathOf(path)
  try {
    return await hashOf(fs.createReadStream(bufferOr(place)), 'sha256', 'hex')
  } catch (cause) {
    throw unreadable(place, 'cannot be read', cause)
  }
}

const openFile = async (path: string | Uint8Array): Promise<Blob | Uint8Array<ArrayBuffer>> => {
  const place = bufferOr(path)
  try {
    const isFile = (await stat(place)).isFile()
    // Not every runtime other than Node has it.
    if (isFile) return fs.openAsBlob ? await fs.openAsBlob(place) : new Uint8Array(await readFile(place))
  } catch (cause) {
    throw unreadable(path, 'cannot be read', cause)
  }
  throw unreadable(path, 'is not a file')
}

const unreadable = (path: string | Uint8Array, rule: string, cause?: unknown): ConfigurationError => {
  const code = (cause as { code?: unknown } | undefined)?.code
  const why = typeof code === 'string' ? ` (${code})` : ''
  return new ConfigurationError(`path: ${textOf(path)} ${rule}${why}`, { cause: safeCause(cause, []) })
}

const bufferOr = (path: string | Uint8Array): string | Buffer =>
  typeof path === 'string' ? path : Buffer.from(path)

const textOf = (path: string | Uint8Array): string =>
  typeof path === 'string' ? path : Buffer.from(path).toString()

const hashOf = async (
  chunks: AsyncIterable<Uint8Array>,
  algorithm: 'md5' | 'sha256',
  encoding: 'base64' | 'hex',
): Promise<string> => {
  const hash = createHash(algorithm)
  for await (const chunk of chunks) hash.update(chunk)
  return hash.digest(encoding)
}
