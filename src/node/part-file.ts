import { createHash, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pause, systemClock } from '../platform/clock'
import { onDisk } from './file-error'
import { MAX_STEM, refuseTaken, targetPath } from './target-path'

/** A partial file, under a name of its own beside the final one. */
export interface PartFile {
  /** Starts over, from the first byte. */
  restart(): void
  write(chunk: Uint8Array): Promise<void>
  /** Gives it its final name, once it is on the disk. */
  publish(options: { overwrite: boolean }): Promise<{ bytes: number; sha256: string }>
  /** Removes it, unless it has its final name. */
  discard(): Promise<void>
}

export const openPartFile = async (target: string): Promise<PartFile> => {
  const { path, handle } = await onDisk(target, () => openBeside(target))
  let hash = createHash('sha256')
  let bytes = 0
  let longest = 0

  return {
    restart: () => {
      hash = createHash('sha256')
      bytes = 0
    },
    write: (chunk) =>
      onDisk(target, async () => {
        for (let at = 0; at < chunk.byteLength; ) {
          at += (await handle.write(chunk, at, chunk.byteLength - at, bytes + at)).bytesWritten
        }
        hash.update(chunk)
        bytes += chunk.byteLength
        longest = Math.max(longest, bytes)
      }),
    publish: ({ overwrite }) =>
      onDisk(target, async () => {
        if (longest > bytes) await handle.truncate(bytes)
        await syncIfPossible(handle)
        await handle.close()
        if (overwrite) await replace(path, target)
        else await place(path, target)
        return { bytes, sha256: hash.digest('hex') }
      }),
    discard: async () => {
      await handle.close().catch(() => {})
      await rm(path, { force: true }).catch(() => {})
    },
  }
}

/** Refuses a path that `downloadVideo` could not save to, by trying the same steps. Leaves nothing behind. */
export const tryTarget = async (path: unknown, options: { overwrite: boolean }): Promise<void> => {
  // In a directory the name comes from a URL that is not known yet: no such name is longer than this one.
  const target = await targetPath(path, `https://runapi.ai/${'v'.repeat(MAX_STEM)}.mp4`)
  await refuseTaken(target, options)
  const part = await openPartFile(target)
  await part.discard()
}

// In bytes, on most file systems.
const MAX_NAME = 255

/** Opens a new file; one with this name, a link too, would fail it. */
const openBeside = async (target: string): Promise<{ path: string; handle: FileHandle }> => {
  const suffix = `${randomBytes(6).toString('hex')}.part`
  const openAs = async (path: string) => ({ path, handle: await open(path, 'wx') })
  // For a final name that leaves no room for more.
  const openShort = () => openAs(join(dirname(target), suffix))
  if (Buffer.byteLength(`${basename(target)}.${suffix}`) > MAX_NAME) return openShort()
  return openAs(`${target}.${suffix}`).catch((error) => {
    if (codeOf(error) === 'ENAMETOOLONG') return openShort()
    throw error
  })
}

const LOST = new Set<unknown>(['EIO', 'ENOSPC', 'EDQUOT', 'EFBIG'])

/** Fails only if bytes were lost: some file systems cannot sync, and neither can Node under Yarn Plug'n'Play. */
const syncIfPossible = async (handle: FileHandle): Promise<void> => {
  try {
    await handle.sync()
  } catch (error) {
    if (LOST.has(codeOf(error))) throw error
  }
}

const replace = async (path: string, target: string): Promise<void> => {
  await refuseTaken(target, { overwrite: true })
  await move(path, target, () => rm(target, { force: true }))
}

/** A hard link fails if the name was taken meanwhile; `rename` would replace that file. */
const place = async (path: string, target: string): Promise<void> => {
  try {
    await link(path, target)
  } catch {
    // The name is taken, or the file system has no links.
    await refuseTaken(target, { overwrite: false })
    await move(path, target, async () => {})
  }
}

const BUSY_DELAYS_MS = [20, 50, 100, 200, 400, 800]

const move = async (path: string, target: string, makeRoom: () => Promise<void>): Promise<void> => {
  for (const delayMs of [...BUSY_DELAYS_MS, undefined]) {
    try {
      return await rename(path, target)
    } catch (error) {
      // File systems of several disks (mergerfs) may refuse to rename even within a directory.
      if (codeOf(error) === 'EXDEV') return copy(path, target, makeRoom)
      if (delayMs === undefined || !isBusy(error)) throw error
      await pause(systemClock, delayMs)
    }
  }
}

const copy = async (path: string, target: string, makeRoom: () => Promise<void>): Promise<void> => {
  await makeRoom()
  await copyFile(path, target, constants.COPYFILE_EXCL).catch(async (error) => {
    if (codeOf(error) !== 'EEXIST') await rm(target, { force: true }).catch(() => {})
    throw error
  })
}

// On Windows a virus scanner or an indexer holds a new file for a moment.
const isBusy = (error: unknown): boolean =>
  codeOf(error) === 'EBUSY' ||
  (process.platform === 'win32' && ['EPERM', 'EACCES'].includes(String(codeOf(error))))

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code
