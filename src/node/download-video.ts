import { RunApiClient } from '../client'
import type { Video } from '../contract/task-state'
import { withRetries } from '../http/retry'
import { combineSignals } from '../http/shutdown'
import { throwIfAborted } from '../platform/on-abort'
import { ownFields } from '../platform/own'
import { sessionOf } from '../session'
import { checkFlag, checkOptions } from '../settings/checks'
import { download, urlOf } from '../transfer/download/download'
import {
  checkDownloadOptions,
  DOWNLOAD_OPTIONS,
  type DownloadOptions,
} from '../transfer/download/download-options'
import { openPartFile, type PartFile } from './part-file'
import { refuseTaken, targetPath } from './target-path'

/** Options of a download to a file. */
export interface DownloadVideoOptions extends DownloadOptions {
  /**
   * Replaces an existing file. If it is a link, the link itself is replaced, never its target.
   * @default false
   */
  overwrite?: boolean | undefined
  /**
   * The client whose `fetch`, clock and base URL are used. A download needs no key.
   * @default a new one
   */
  runapi?: RunApiClient | undefined
}

/** A video on the disk. */
export interface DownloadedVideo {
  /** Its absolute path. */
  path: string
  /** Its size. */
  bytes: number
  /** The SHA-256 of the bytes, in hex. */
  sha256: string
}

/**
 * Downloads a result to a file. It is written under a name that ends in `.part` and renamed once complete. A broken
 * transfer starts over. `path` is a string, a `file:` URL or a `Buffer`. If it is a directory, the name comes from the URL.
 * Directories are not created.
 *
 * @throws {ConfigurationError} for a `path` that is none of these
 * @throws {DownloadError} with a `reason`: the file exists, the disk is full, the transfer broke too often, …
 * @throws {ResultExpiredError} when the URL has expired
 *
 * @example
 * const { path, sha256 } = await downloadVideo(videos[0], 'out/fog.mp4')
 */
export const downloadVideo = async (
  video: Video,
  path: string | URL | Uint8Array,
  options?: DownloadVideoOptions,
): Promise<DownloadedVideo> => {
  const {
    overwrite: replaces,
    runapi,
    ...rest
  } = ownFields(checkOptions('options', options, { ...DOWNLOAD_OPTIONS, overwrite: true, runapi: true }))
  const session = sessionOf(runapi ?? new RunApiClient())
  const { http } = session
  const { signal: ofCaller, maxRetries } = checkDownloadOptions(rest, http.settings)
  const overwrite = checkFlag('overwrite', replaces ?? false)
  const url = urlOf(video)
  throwIfAborted(ofCaller)

  const target = await targetPath(path, url)
  await refuseTaken(target, { overwrite })
  const part = await openPartFile(target)
  const { signal, release } = combineSignals(http.shutdown, ofCaller)
  try {
    await withRetries(http, { operation: 'downloadVideo', maxRetries, signal }, async () => {
      part.restart()
      // The tries are counted here, where the whole file is one.
      const { body } = await download(session, { url }, { ...rest, signal, maxRetries: 0 })
      await writeAll(part, body)
    })
    throwIfAborted(signal)
    return { path: target, ...(await part.publish({ overwrite })) }
  } finally {
    release()
    await part.discard()
  }
}

const writeAll = async (part: PartFile, body: ReadableStream<Uint8Array>): Promise<void> => {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      await part.write(value)
    }
  } catch (error) {
    reader.cancel(error).catch(() => {})
    throw error
  }
}
