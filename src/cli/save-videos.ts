import { stat } from 'node:fs/promises'
import { basename, parse } from 'node:path'
import type { Video } from '../contract/task-state'
import { RunApiError } from '../errors'
import { type DownloadedVideo, downloadVideo } from '../node'
import { tryTarget } from '../node/part-file'
import type { DownloadProgress } from '../transfer/download/download-options'
import type { Service } from './client'
import { UsageError } from './exit-code-of'
import { size } from './output'

export interface SaveOptions {
  /** A file or a directory. */
  path: string
  overwrite: boolean
}

/** Refuses a path that no file can be saved to, before anything is bought for it. */
export const checkPlace = async ({ path, overwrite }: SaveOptions): Promise<void> => {
  try {
    await tryTarget(path, { overwrite })
  } catch (error) {
    if (!RunApiError.is(error)) throw error
    throw new UsageError(
      error.message.replace('downloadVideo: ', '').replace('overwrite: true', '--overwrite'),
    )
  }
}

/** Saves the videos of a result. Those after the first get a number in their name. */
export const saveVideos = async (
  videos: readonly Video[],
  { path, overwrite, runapi, signal, progress }: Service & SaveOptions,
): Promise<DownloadedVideo[]> => {
  const isDirectory = (await stat(path).catch(() => undefined))?.isDirectory() === true
  const files: DownloadedVideo[] = []
  for (const [index, video] of videos.entries()) {
    const place = isDirectory || index === 0 ? path : numbered(path, index + 1)
    const onProgress = ({ receivedBytes, totalBytes }: DownloadProgress): void =>
      progress.draw(() => ({
        title: place,
        status: size(receivedBytes),
        share: totalBytes === undefined ? undefined : receivedBytes / totalBytes,
      }))
    try {
      files.push(await downloadVideo(video, place, { runapi, overwrite, signal, onProgress }))
    } finally {
      progress.end()
    }
    progress.note(`saved ${files.at(-1)?.path}`)
  }
  return files
}

/** The ledger's record of a file: only its name, because the folder may move. */
export interface KeptFile {
  name: string
  bytes: number
  sha256: string
}

export const keptFile = ({ path, bytes, sha256 }: DownloadedVideo): KeptFile => ({
  name: basename(path),
  bytes,
  sha256,
})

const numbered = (path: string, number: number): string => {
  const { dir, name, ext } = parse(path)
  return `${dir && `${dir}/`}${name}-${number}${ext}`
}
