import { access, constants, stat } from 'node:fs/promises'
import { dirname, parse } from 'node:path'
import type { Video } from '../contract/task-state'
import { type DownloadedVideo, downloadVideo } from '../node'
import type { DownloadProgress } from '../transfer/download/download-options'
import type { Service } from './client'
import { UsageError } from './exit-code-of'
import { size } from './output'

export interface SaveOptions {
  /** A file or a directory. */
  path: string
  overwrite: boolean
}

/** Refuses a place where no file can be saved, while nothing has been bought for it. */
export const checkPlace = async ({ path, overwrite }: SaveOptions): Promise<void> => {
  const taken = await stat(path).catch(() => undefined)
  if (taken && !taken.isDirectory() && !overwrite)
    throw new UsageError(`${path}: exists already; pass --overwrite to replace it`)
  const folder = taken?.isDirectory() || /[/\\]$/.test(path) ? path : dirname(path)
  await access(folder, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'does not exist' : 'may not be written'
    throw new UsageError(`${path}: the directory ${folder} ${why}`)
  })
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

const numbered = (path: string, number: number): string => {
  const { dir, name, ext } = parse(path)
  return `${dir && `${dir}/`}${name}-${number}${ext}`
}
