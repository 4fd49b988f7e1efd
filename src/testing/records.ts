/** A request that came, without its secret. */
export interface RequestRecord {
  /** In capitals. */
  readonly method: string
  /** The whole URL. */
  readonly url: string
  /** The path from `/api/v1/` on, with its query; for other URLs the whole path. */
  readonly path: string
  /** By lower-case name; the `authorization` header is left out. */
  readonly headers: Readonly<Record<string, string>>
  /** Whether an accepted key came with it. */
  readonly authorized: boolean
  /** The JSON that came, else the text; `undefined` for an empty body. */
  readonly body: unknown
  /** When it came, in the emulator's time. */
  readonly atMs: number
  /** The status that it was answered with; `undefined` while there is none, or where the connection broke. */
  status?: number
}

const bodyOf = (bytes: Uint8Array): unknown => {
  if (bytes.length === 0) return undefined
  const text = new TextDecoder().decode(bytes)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Where the API begins in a path; what stands before it is a proxy's prefix. */
export const apiPathOf = (pathname: string): string =>
  pathname.slice(Math.max(0, pathname.indexOf('/api/v1/')))

export interface RecordContext {
  bytes: Uint8Array
  authorized: boolean
  atMs: number
}

export const recordRequest = (
  request: Request,
  { bytes, authorized, atMs }: RecordContext,
): RequestRecord => {
  const { pathname, search } = new URL(request.url)
  const headers = Object.fromEntries([...request.headers].filter(([name]) => name !== 'authorization'))
  return {
    method: request.method,
    url: request.url,
    path: apiPathOf(pathname) + search,
    headers,
    authorized,
    body: bodyOf(bytes),
    atMs,
  }
}

/** One attempt to deliver a task's webhook, for a test to look at. */
export interface DeliveryRecord {
  /** The delivery's id, as in `X-Callback-Id`. Duplicates and further attempts have the same. */
  readonly id: string
  /** The task that it tells of. */
  readonly taskId: string
  /** Where it was sent: the `callback_url` of the task. */
  readonly url: string
  /** Counts the attempts of one delivery, from 1. */
  readonly attempt: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** As sent: what was signed. */
  readonly body: string
  /** When it was sent, in the emulator's time. */
  readonly atMs: number
  /** What the receiver answered; only a 2xx ends the attempts. `undefined` while there is no answer. */
  status?: number
  /** Why there is no answer. */
  error?: string
}
