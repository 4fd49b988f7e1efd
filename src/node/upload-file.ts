import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { RunApiClient } from '../client'
import type { UploadedFile } from '../contract/uploaded-file'
import { ConfigurationError } from '../errors/configuration-error'
import { sessionOf } from '../session'
import { contentOf } from '../transfer/upload/content'
import { checkUploadOptions } from '../transfer/upload/files'
import { uploadContent } from '../transfer/upload/upload-content'
import type { UploadOptions } from '../transfer/upload/upload-options'

/**
 * Uploads a file from the disk, for use as an input. It is read twice, in pieces: for its checksum and to send it. A
 * transfer that breaks begins again. Do not change the file meanwhile.
 *
 * @throws {ConfigurationError} when there is no such file, or it is empty
 * @throws {ApiError} when the service or its storage refuses, {ConnectionError}, {MalformedResponseError}
 *
 * @example
 * const source = await uploadFile(runapi, 'park-walk.mp4')
 * await runapi.luma.modifyVideo({ prompt, source_video_url: source })
 */
export const uploadFile = async (
  runapi: RunApiClient,
  path: string,
  options?: UploadOptions,
): Promise<UploadedFile> => {
  const session = sessionOf(runapi)
  const checked = checkUploadOptions(options)
  const body = await openFile(path)
  const content = contentOf({ body, name: basename(path), isOnDisk: true, md5: () => md5Of(path) }, checked)
  return uploadContent(session, content, checked)
}

const openFile = async (path: string): Promise<Blob | Uint8Array<ArrayBuffer>> => {
  try {
    const isFile = (await stat(path)).isFile()
    // Not every runtime besides Node has it.
    if (isFile) return fs.openAsBlob ? await fs.openAsBlob(path) : new Uint8Array(await readFile(path))
  } catch (cause) {
    throw new ConfigurationError(`path: ${path} cannot be read`, { cause })
  }
  throw new ConfigurationError(`path: ${path} is no file`)
}

const md5Of = async (path: string): Promise<string> => {
  const hash = createHash('md5')
  for await (const chunk of fs.createReadStream(path)) hash.update(chunk)
  return hash.digest('base64')
}
