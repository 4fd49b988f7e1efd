import type { Stats } from 'node:fs'
import { lstat, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileError, onDisk, refuseFile } from './file-error'
import { safeFileName } from './safe-file-name'

/** Where a file will be: `path` itself, or in the directory of that name under a name made from the URL. */
export const targetPath = async (path: string, url: string): Promise<string> => {
  const place = await onDisk(path, () => stat(path)).catch(() => undefined)
  const isDirectory = place?.isDirectory() === true || /[/\\]$/.test(path)
  return resolve(isDirectory ? join(path, safeFileName(url)) : path)
}

/** Refuses what must not be replaced. A link counts as itself, not as what it leads to. */
export const refuseTaken = async (path: string, { overwrite }: { overwrite: boolean }): Promise<void> => {
  const taken = await statOf(path)
  if (!taken) return
  if (!overwrite) refuseFile(path, 'exists already; pass overwrite: true to replace it')
  if (!taken.isFile() && !taken.isSymbolicLink()) refuseFile(path, 'is no file, so it is not replaced')
}

const statOf = async (path: string): Promise<Stats | undefined> => {
  try {
    return await lstat(path)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw fileError(path, error)
  }
}
