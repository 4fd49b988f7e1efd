import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunApiClient } from '../client'
import type { UploadedFile } from '../contract/uploaded-file'
import { uploadFile } from '../node'
import { digestOfFile } from '../node/upload-file'
import { UsageError } from './exit-code-of'
import { type AnyEndpoint, fileFieldsOf } from './params'
import type { Progress } from './progress'
import { fileSize } from './read-json'

/** A file on this machine that a parameter names in place of a URL. */
export interface LocalFile {
  field: string
  path: string
  /** `undefined` if the file is not there. */
  bytes: number | undefined
  /** A digest of its content. */
  digest: string | undefined
}

export const isMissing = ({ bytes }: LocalFile): boolean => bytes === undefined

export const refuseMissing = (files: readonly LocalFile[]): void => {
  const missing = files.find(isMissing)
  if (!missing) return
  const { field, path } = missing
  throw new UsageError(`${field}: ${path} is neither an http(s) URL nor a file on this machine`)
}

/**
 * The files among the parameters. None of them is empty, but one may be missing. Nothing is sent. A path begins in
 * `folder`, or in the current one if nothing is there.
 */
export const localFilesIn = async (
  endpoint: AnyEndpoint,
  params: Readonly<Record<string, unknown>>,
  { folder = '.', digest = digestOfFile }: { folder?: string; digest?: typeof digestOfFile } = {},
): Promise<LocalFile[]> => {
  const files: LocalFile[] = []
  for (const field of fileFieldsOf(endpoint)) {
    const given = pathIn(params[field])
    if (given === undefined) continue
    const beside = join(folder, given)
    const isBeside = !isAbsolute(given) && folder !== '.' && (await fileSize(beside)) !== undefined
    const path = isBeside ? beside : given
    const bytes = await fileSize(path)
    if (bytes === 0) throw new UsageError(`${field}: the file ${path} is empty`)
    files.push({ field, path, bytes, digest: bytes === undefined ? undefined : await digest(path) })
  }
  return files
}

/** The path that a value is; `undefined` for a URL of another place, and for what is not a name. */
const pathIn = (value: unknown): string | undefined => {
  if (typeof value !== 'string' || value.trim() === '') return undefined
  if (/^file:\/\//i.test(value)) return fileURLToPath(value)
  // One letter and a colon is a drive of Windows.
  return /^[a-z][a-z\d+.-]+:/i.test(value) ? undefined : value
}

/** Stands for the URL of a file that is not uploaded yet. */
export const STAND_IN_URL = 'https://file.runapi.ai/temp/upload'

/** The parameters with a URL in place of each file: to be checked before any of them is uploaded. */
export const withStandIns = (
  params: Readonly<Record<string, unknown>>,
  files: readonly LocalFile[],
): Record<string, unknown> => ({
  ...params,
  ...Object.fromEntries(files.map(({ field }) => [field, STAND_IN_URL])),
})

interface Uploading {
  runapi: RunApiClient
  signal: AbortSignal
  progress: Pick<Progress, 'step' | 'note' | 'draw' | 'end'>
}

/** Uploads the files, and returns the uploaded file of each field. A ledger compares them by content. */
export const uploadFiles = async (
  files: readonly LocalFile[],
  uploading: Uploading,
): Promise<Record<string, UploadedFile>> => {
  const uploaded: Record<string, UploadedFile> = {}
  for (const { field, path } of files) uploaded[field] = await uploadWithProgress(path, uploading)
  return uploaded
}

interface NamedUpload extends Uploading {
  fileName?: string | undefined
  contentType?: string | undefined
}

/** Uploads one file, and shows the progress. */
export const uploadWithProgress = async (
  path: string,
  { runapi, signal, progress, ...options }: NamedUpload,
) => {
  progress.step(`uploading ${path}`)
  try {
    const file = await uploadFile(runapi, path, {
      ...options,
      signal,
      onProgress: ({ sentBytes, totalBytes }) =>
        progress.draw(() => ({ title: path, status: 'uploading', share: sentBytes / totalBytes })),
    })
    progress.end()
    progress.note(`uploaded ${path}`)
    return file
  } finally {
    progress.end()
  }
}
