import { lstat, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunApiClient } from '../../client'
import type { Video } from '../../contract/task-state'
import { DownloadError } from '../../errors'
import { downloadVideo } from '../../node'
import { sha256OfFile } from '../../node/upload-file'
import { own, ownText } from '../../platform/own'
import type { KeptFile } from '../save-videos'
import { fileNameOf } from './file-names'
import type { SavedFile } from './summary'

/** The files that `done` received. */
export const keptFilesIn = (files: readonly unknown[] | undefined): KeptFile[] =>
  (files ?? []).flatMap((file) => {
    const [name, bytes, sha256] = [ownText(file, 'name'), own(file, 'bytes'), ownText(file, 'sha256')]
    return name !== undefined && typeof bytes === 'number' && sha256 !== undefined
      ? [{ name, bytes, sha256 }]
      : []
  })

/** `whole`: as it was saved. `gone` and `cut`: to be fetched again. `changed`: somebody else's now. */
export type FileState = 'whole' | 'gone' | 'cut' | 'changed'

export const fileState = async (folder: string, { name, bytes, sha256 }: KeptFile): Promise<FileState> => {
  const path = join(folder, name)
  const found = await stat(path).catch(() => undefined)
  if (!found) return 'gone'
  if (!found.isFile() || found.size > bytes) return 'changed'
  if (found.size < bytes) return 'cut'
  return (await sha256OfFile(path)) === sha256 ? 'whole' : 'changed'
}

const PART = /\.mp4\.[\da-f]{12}\.part$/
const PART_LIFE_MS = 3_600_000

/** Removes the parts of files that killed runs left. A young one may be another run's. */
export const removeOldParts = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (!PART.test(name)) continue
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > PART_LIFE_MS) await rm(path, { force: true }).catch(() => {})
  }
}

interface Saving {
  folder: string
  runapi: RunApiClient
  /** The files saved before. */
  kept: readonly KeptFile[]
}

/** Saves the videos of an order, and nothing over a file of somebody else. */
export const saveOrder = async (
  id: string,
  videos: readonly Video[],
  saving: Saving,
): Promise<SavedFile[]> => {
  const files: SavedFile[] = []
  for (const [index, video] of videos.entries())
    files.push(await saveVideo(video, fileNameOf(id, index + 1), saving))
  return files
}

const saveVideo = async (
  video: Video,
  name: string,
  { folder, runapi, kept }: Saving,
): Promise<SavedFile> => {
  const path = join(folder, name)
  const before = kept.find((file) => file.name === name)
  const state = before && (await fileState(folder, before))
  if (before && state === 'whole') return { path, bytes: before.bytes, sha256: before.sha256 }
  const overwrite = state === 'cut'
  try {
    return await downloadVideo(video, path, { runapi, overwrite })
  } catch (error) {
    const isTaken = DownloadError.is(error) && error.code === 'download' && (await exists(path))
    if (!isTaken || (error as DownloadError).reason !== 'file') throw error
  }
  return sameFile(video, path, runapi)
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** The existing file, if it is this very video: a killed run, or another one, saved it. */
const sameFile = async (video: Video, path: string, runapi: RunApiClient): Promise<SavedFile> => {
  const beside = `${path}.again.part`
  try {
    const { bytes, sha256 } = await downloadVideo(video, beside, { runapi, overwrite: true })
    const found = await sha256OfFile(path).catch(() => undefined)
    if (found === sha256) return { path, bytes, sha256 }
  } finally {
    await rm(beside, { force: true }).catch(() => {})
  }
  throw new DownloadError(`${path}: is in the way and is another file; move it away and run again`, {
    reason: 'file',
  })
}
