import * as fs from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setImmediate } from 'node:timers'
import { promisify } from 'node:util'
import { ConfigurationError } from '../errors/configuration-error'
import { safeCause } from '../http/redact'
import { overOf } from '../ledger/bounded-store'
import { HEADER } from '../ledger/entries'
import { checkVersion } from '../ledger/fold'
import type { LedgerPage, LedgerStore } from '../ledger/store'
import { pause, systemClock } from '../platform/clock'
import { own } from '../platform/own'

/**
 * A store in a file on this machine's disk: append-only JSON lines. Several processes may share it, and each may die at any
 * moment. It contains prompts in plain text, so only its owner may read it. The file is created at the first use; its
 * directory is not.
 *
 * @throws {ConfigurationError} for a path that is not text; later, when the store is used, for whatever the disk refuses
 *
 * @example
 * const ledger = openLedger(fileStore('videos.jsonl'))
 */
export const fileStore = (path: string): LedgerStore => {
  if (typeof path !== 'string' || path === '')
    throw new ConfigurationError('path: must be the path of a file')
  const file = resolve(path)
  let waiting: Line[] = []
  let writers = 0
  // Whether the file is there for good, on a disk of this machine.
  let isReady = false
  // Then it is not recreated if it is gone: its entries would be forgotten.
  let wasThere = false

  /** Writes all queued entries at once, then those that arrived meanwhile. */
  const writeAll = async (): Promise<void> => {
    for (let batch = waiting; batch.length > 0; batch = waiting) {
      waiting = []
      const lines = batch.filter(({ options, failed }) => {
        const over = overOf(options)
        return !over || failed(over.reason)
      })
      try {
        if (!isReady) await refuseNetwork(file)
        if (lines.length > 0) await whileBusy(() => appendDurably(file, lines, { isReady, wasThere }))
        isReady ||= lines.length > 0
        wasThere ||= isReady
        for (const { written } of lines) written()
      } catch (error) {
        for (const { failed } of lines) failed(diskError(file, error))
      }
    }
    writers--
  }

  return {
    append: (entry, options) =>
      new Promise((written, reject) => {
        const failed = (error: unknown): false => {
          reject(error)
          return false
        }
        waiting.push({ text: JSON.stringify(entry), options, written, failed })
        if (writers >= (isReady ? MAX_WRITERS : 1)) return
        writers++
        // Behind all that this turn of the event loop brings: each batch costs more than its entries.
        nextTurn(() => void writeAll())
      }),
    read: async (after) => {
      try {
        const page = await whileBusy(() => readPage(file, after))
        wasThere ||= page.cursor !== undefined
        return page
      } catch (error) {
        throw diskError(file, error)
      }
    },
  }
}

// While a disk makes one batch durable it can begin another; a third costs more than it gains.
const MAX_WRITERS = 2

interface Line {
  readonly text: string
  readonly options: { readonly signal: AbortSignal }
  readonly written: () => void
  readonly failed: (error: unknown) => false
}

// Taken now, because a test's fake timers must not hold up a disk.
const nextTurn = setImmediate

// By descriptor and not by FileHandle: Yarn's PnP has handles without `sync`, and Node warns of one that it collects.
const datasync = promisify(fs.fdatasync)
const read = promisify(fs.read)

const appendDurably = async (
  file: string,
  lines: readonly Line[],
  { isReady, wasThere }: { isReady: boolean; wasThere: boolean },
): Promise<void> => {
  if (wasThere && !fs.existsSync(file)) throw Object.assign(new Error(), { code: 'REPLACED' })
  const fd = fs.openSync(file, 'a', 0o600)
  try {
    // The first break keeps a line apart that another process began and died over.
    const bytes = Buffer.from(`\n${lines.map(({ text }) => text).join('\n')}\n`)
    // One write, because with O_APPEND it is not mixed with those of other processes.
    if (fs.writeSync(fd, bytes) < bytes.length) throw Object.assign(new Error(), { code: 'PARTIAL' })
    await datasync(fd)
    // Even if another process created the file: it may not have synced the directory yet.
    if (!isReady) await syncDirectory(dirname(file))
  } finally {
    fs.closeSync(fd)
  }
}

/** Without it the name of a new file may be gone after a power cut. Windows has no such thing. */
const syncDirectory = async (directory: string): Promise<void> => {
  let fd: number | undefined
  try {
    fd = fs.openSync(directory, 'r')
    await promisify(fs.fsync)(fd)
  } catch {
  } finally {
    if (fd !== undefined) fs.closeSync(fd)
  }
}

const PAGE_BYTES = 1024 * 1024
// Up to here a read from the page cache costs less than a way through the thread pool.
const SYNC_BYTES = 64 * 1024
const LINE_BREAK = 10

const readPage = async (file: string, after: string | undefined): Promise<LedgerPage> => {
  const stats = fs.statSync(file, { throwIfNoEntry: false })
  if (!stats && after === undefined) return { entries: [], cursor: undefined }
  if (stats?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
  // Opening a pipe would stop the whole process until somebody reads it.
  if (stats && !stats.isFile()) throw Object.assign(new Error(), { code: 'NO_FILE' })
  const [inode = stats?.ino, offset = 0] = after?.split(':').map(Number) ?? []
  if (!stats || stats.ino !== inode || stats.size < offset)
    throw Object.assign(new Error(), { code: 'REPLACED' })
  if (stats.size === offset) return { entries: [], cursor: after }

  const fd = fs.openSync(file, 'r')
  try {
    for (let length = PAGE_BYTES; ; length *= 2) {
      const bytes = Buffer.allocUnsafe(Math.min(length, stats.size - offset))
      const count =
        bytes.length <= SYNC_BYTES
          ? fs.readSync(fd, bytes, 0, bytes.length, offset)
          : (await read(fd, bytes, 0, bytes.length, offset)).bytesRead
      const isRest = offset + count >= stats.size
      const end = bytes.subarray(0, count).lastIndexOf(LINE_BREAK) + 1
      if (offset === 0) checkBeginning(file, bytes.toString('utf8', 0, count))
      // A line without an end is being written, or was never finished.
      if (end === 0 && !isRest) continue
      const cursor = end === 0 ? after : `${inode}:${offset + end}`
      return { entries: entriesIn(bytes.toString('utf8', 0, end)), cursor, more: !isRest }
    }
  } finally {
    fs.closeSync(fd)
  }
}

const entriesIn = (text: string): unknown[] => {
  const entries: unknown[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    try {
      entries.push(JSON.parse(line))
    } catch {
      // A process died over it, before anything of it was true.
    }
  }
  return entries
}

const HEADER_LINE = JSON.stringify(HEADER)

/** The header decides whether it is a ledger; a part of one is what a process left that died over its first line. */
const checkBeginning = (file: string, text: string): void => {
  const [line = ''] = text.replace(/^[\0\s]+/, '').split('\n', 1)
  if (HEADER_LINE.startsWith(line)) return
  let header: unknown
  try {
    header = JSON.parse(line)
  } catch {}
  if (own(header, 'format') !== HEADER.format)
    throw new ConfigurationError(
      `ledger: ${file}: is no ledger, and nothing was changed in it; name another file`,
    )
  checkVersion(header, `ledger: ${file}`)
}

const BUSY_TRIES = 6
const BUSY_MS = 20

/** On Windows a virus scanner or an indexer may hold a file for a moment. */
const whileBusy = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      const isBusy = process.platform === 'win32' && ['EBUSY', 'EPERM'].includes(codeOf(error))
      if (!isBusy || tries === BUSY_TRIES) throw error
      await pause(systemClock, BUSY_MS * 2 ** tries)
    }
  }
}

// Linux's numbers (statfs(2)): NFS, SMB, SMB2, CIFS, AFS, Coda, NCP, Ceph, Lustre, GPFS, 9p.
const NETWORK_TYPES = new Set([
  0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x5346414f, 0x73757245, 0x564c, 0x00c36400, 0x0bd00bd0, 0x47504653,
  0x01021997,
])

const refuseNetwork = async (file: string): Promise<void> => {
  let type: number | undefined
  try {
    // Not every runtime other than Node has it.
    type =
      process.platform === 'linux' && fs.statfs ? (await promisify(fs.statfs)(dirname(file))).type : undefined
  } catch {}
  // Some of them are negative if they pass through 32 bits.
  if (type === undefined || !NETWORK_TYPES.has(type >>> 0)) return
  throw new ConfigurationError(
    `ledger: ${file}: is on a network file system, where processes may write over each other; put it on a disk of this machine`,
  )
}

const WAYS_OUT: Readonly<Record<string, string>> = {
  ENOENT: 'its directory does not exist; make it first',
  ENOTDIR: 'its directory is no directory; name another file',
  EISDIR: 'is a directory; name a file in it',
  NO_FILE: 'is a device or a pipe; name a file on a disk',
  EACCES: 'may not be read and written by this process; change its permissions, or name another file',
  EPERM: 'may not be read and written by this process; change its permissions, or name another file',
  EROFS: 'is on a disk that may only be read; name a file on another one',
  ENOSPC: 'the disk is full; free some space and try again',
  EDQUOT: 'the disk quota is used up; free some space and try again',
  EFBIG: 'is larger than a file may be here; begin a new ledger',
  ENAMETOOLONG: 'has too long a name; name another file',
  EMFILE: 'this process has too many open files; raise its limit and try again',
  PARTIAL: 'was written only in part, the disk is probably full; free some space and try again',
  REPLACED:
    'is gone, shorter than before, or another file; a ledger is only ever added to. Put it back and start again',
}

const codeOf = (error: unknown): string => String(own(error, 'code'))

const diskError = (file: string, error: unknown): unknown => {
  if (error instanceof ConfigurationError) return error
  const code = codeOf(error)
  const rule = WAYS_OUT[code] ?? `could not be used (${code})`
  return new ConfigurationError(`ledger: ${file}: ${rule}`, { cause: safeCause(error, []) })
}
