import { ConfigurationError, type RunApiClient, type UploadedFile } from '../index'
import type { VideoFile } from './types'

/** How much of its life a file must have left to be used once more. */
const SPARE_MS = 60_000

type Params = Readonly<Record<string, unknown>>

/** Uploads the files among parameters; a URL is passed on. */
export type Uploads = (
  client: RunApiClient,
  order: { params: Params; files: readonly string[] },
  signal: AbortSignal | undefined,
) => Promise<Params>

export const createUploads = (now: () => number): Uploads => {
  // The SDK repeats a call with the same file objects. A second upload would have another URL, and the service would
  // refuse the idempotency key of the first attempt.
  const uploaded = new WeakMap<VideoFile, UploadedFile>()

  const place = async (
    client: RunApiClient,
    file: VideoFile,
    signal: AbortSignal | undefined,
  ): Promise<string | UploadedFile> => {
    if (file.type === 'url') return file.url
    const known = (): UploadedFile | undefined => {
      const one = uploaded.get(file)
      const isOver = Date.parse(one?.expires_at ?? '') < now() + SPARE_MS
      return isOver ? undefined : one
    }
    const earlier = known()
    if (earlier) return earlier
    const made = await client.files.upload(bytesOf(file.data), { signal, contentType: file.mediaType })
    // Of two calls at once the first one's URL counts: it may have been sent already.
    const first = known() ?? made
    uploaded.set(file, first)
    return first
  }

  return async (client, { params, files }, signal) => {
    const placed = Object.entries(params).map(async ([field, value]) => [
      field,
      files.includes(field) && isFile(value) ? await place(client, value, signal) : value,
    ])
    return Object.fromEntries(await Promise.all(placed))
  }
}

const isFile = (value: unknown): value is VideoFile => {
  const { type } = (value ?? {}) as Partial<VideoFile>
  return type === 'url' || type === 'file'
}

const bytesOf = (data: string | Uint8Array): Uint8Array => {
  if (typeof data !== 'string') return data
  try {
    if (/^[A-Za-z0-9+/]+=*$/.test(data)) return Uint8Array.from(atob(data), (char) => char.charCodeAt(0))
  } catch {
    // Not base64 after all.
  }
  throw new ConfigurationError('file.data: must be bytes or base64')
}
