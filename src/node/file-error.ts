import { DownloadError } from '../errors/download-error'
import { safeCause } from '../http/redact'

const RULES: Readonly<Record<string, string>> = {
  EEXIST: 'exists already; pass overwrite: true to replace it',
  ENOENT: 'its directory does not exist',
  ENOTDIR: 'its directory is not a directory',
  EISDIR: 'is a directory',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'is larger than a file may be here',
  EACCES: 'may not be written',
  EPERM: 'may not be written',
  EROFS: 'is on a disk that may not be written',
  ENAMETOOLONG: 'has too long a name',
}

/** The error of a file that cannot be written. */
export const fileError = (path: string, cause: unknown): DownloadError => {
  const { code } = (cause ?? {}) as { code?: unknown }
  const rule = RULES[String(code)] ?? `could not be written (${String(code)})`
  return new DownloadError(`downloadVideo: ${path}: ${rule}`, { reason: 'file', cause: safeCause(cause, []) })
}

export const refuseFile = (path: string, rule: string): never => {
  throw new DownloadError(`downloadVideo: ${path}: ${rule}`, { reason: 'file' })
}

/** Returns the result of `work`; an error of the file system becomes a `DownloadError`. */
export const onDisk = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw error instanceof DownloadError ? error : fileError(path, error)
  }
}
