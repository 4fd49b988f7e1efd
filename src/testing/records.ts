/** A request received, without its secret. */
export interface RequestRecord {
  /** The HTTP method, in capitals. */
  readonly method: string
  /** The whole URL. */
  readonly url: string
  /** The path from `/api/v1/` on, with its query; for other URLs the whole path. */
  readonly path: string
  /** By lower-case name; the `authorization` header is left out. */
  readonly headers: Readonly<Record<string, string>>
  /** Whether it carried an accepted key. */
  readonly authorized: boolean
  /** The parsed JSON, else the text; `undefined` for an empty body. */
  readonly body: unknown
  /** When it arrived, in the emulator's time. */
  readonly atMs: number
  /** The status of its answer; `undefined` until there is one, or if the connection broke. */
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

/** One attempt to deliver a task's webhook, for a test to check. */
export interface DeliveryRecord {
  /** The delivery's id, as in `X-Callback-Id`. Duplicates and further attempts have the same id. */
  readonly id: string
  /** The id of its task. */
  readonly taskId: string
  /** Where it was sent: the `callback_url` of the task. */
  readonly url: string
  /** Counts the attempts of one delivery, from 1. */
  readonly attempt: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as sent and signed. */
  readonly body: string
  /** When it was sent, in the emulator's time. */
  readonly atMs: number
  /** The status of the receiver's answer; only a 2xx ends the attempts. `undefined` until there is an answer. */
  status?: number
  /** Why there is no answer. */
  error?: string
}
