import { createHash, randomBytes } from 'node:crypto'
import { link, open, rename, rm } from 'node:fs/promises'
import { onDisk } from './file-error'
import { refuseTaken } from './target-path'

/** A file in the making, under a name of its own beside the final one. */
export interface PartFile {
  /** Begins again, from the first byte. */
  restart(): Promise<void>
  write(chunk: Uint8Array): Promise<void>
  /** Gives it its final name, once it is on the disk. */
  publish(options: { overwrite: boolean }): Promise<{ bytes: number; sha256: string }>
  /** Removes it, unless it has its final name. */
  discard(): Promise<void>
}

export const openPartFile = async (target: string): Promise<PartFile> => {
  const path = `${target}.${randomBytes(6).toString('hex')}.part`
  // Fails where something has this name, a link too.
  const handle = await onDisk(target, () => open(path, 'wx'))
  let hash = createHash('sha256')
  let bytes = 0

  return {
    restart: () =>
      onDisk(target, async () => {
        await handle.truncate(0)
        hash = createHash('sha256')
        bytes = 0
      }),
    write: (chunk) =>
      onDisk(target, async () => {
        for (let at = 0; at < chunk.byteLength; ) {
          at += (await handle.write(chunk, at, chunk.byteLength - at, bytes + at)).bytesWritten
        }
        hash.update(chunk)
        bytes += chunk.byteLength
      }),
    publish: ({ overwrite }) =>
      onDisk(target, async () => {
        await handle.sync()
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

const replace = async (path: string, target: string): Promise<void> => {
  await refuseTaken(target, { overwrite: true })
  await rename(path, target)
}

/** A hard link fails where the name was taken meanwhile, which `rename` would replace. */
const place = async (path: string, target: string): Promise<void> => {
  try {
    await link(path, target)
  } catch {
    // The name is taken, or the file system has no links.
    await refuseTaken(target, { overwrite: false })
    await rename(path, target)
  }
}
