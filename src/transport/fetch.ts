import { isBrowser, isNode } from '../platform/env'
import { realSignal, throwIfAborted } from '../platform/on-abort'
import { concatenate } from './incoming-body'
import { goesThroughProxy, isNativeFetch, patientDispatcher } from './native-fetch'
import { proxyFor, proxyLeftToFetch, proxyNotUsable } from './proxies'
import type {
  BodyTooLarge,
  Fetch,
  Misconfigured,
  Transport,
  TransportOptions,
  TransportRequest,
  TransportResponse,
} from './transport'

/** A transport over `fetch`: the given one, else the global one as it is at the time of each request. */
export const fetchTransport = ({
  fetch: given,
  warn,
}: Pick<TransportOptions, 'fetch' | 'warn'>): Transport => {
  let hasWarned = false
  const warnOnce = (message: string): void => {
    if (!hasWarned) warn?.(message)
    hasWarned = true
  }
  return {
    send: async (request) => responseOf(await exchange(given, request, { warn: warnOnce })),
    close: async () => {},
  }
}

interface Exchange extends Omit<TransportRequest, 'body'> {
  body?: TransportRequest['body'] | Blob | ReadableStream<Uint8Array>
}

/** Sends a request by the given fetch, else by the global one; `more` contains further options. */
const exchange = async (
  given: Fetch | undefined,
  { url, method, headers, body, signal, timeoutMs = 0 }: Exchange,
  { warn, ...more }: RequestInit & { warn?: (message: string) => void } = {},
): Promise<Response> => {
  const fetch = given ?? globalFetch(url, warn)
  const init: RequestInit = {
    method,
    headers: { ...headers },
    signal: realSignal(signal),
    // 'error' throws at the call on workerd; 'manual' is understood everywhere.
    redirect: 'manual',
    ...(body !== undefined && { body }),
    // A framework that caches GETs (Next.js 14) would show a task as pending for ever; older workerd refuses the option.
    ...(globalThis.navigator?.userAgent !== 'Cloudflare-Workers' && { cache: 'no-store' as const }),
    ...(!given && limitsOf(timeoutMs)),
    ...more,
  }
  try {
    return await fetch(url, init)
  } catch (error) {
    // jsdom brings an AbortController of its own, and Node's fetch takes only Node's signals. Nothing was sent yet, and
    // the caller ends without it.
    if (!(error instanceof Error && /signal.*AbortSignal/i.test(error.message))) throw error
    throwIfAborted(signal)
    return fetch(url, { ...init, signal: null })
  }
}

/** The global fetch, if it treats `url` as the environment asks. */
const globalFetch = (url: string, warn?: (message: string) => void): Fetch => {
  const { fetch } = globalThis
  if (typeof fetch !== 'function') throw NO_FETCH
  // Bun and Deno honour proxies themselves; elsewhere there are none.
  const proxy = isNode() ? proxyFor(url) : undefined
  if (!proxy || goesThroughProxy()) return fetch
  if (isNativeFetch()) throw proxyNotUsable(proxy)
  warn?.(proxyLeftToFetch(proxy))
  return fetch
}

const NO_FETCH: Misconfigured = {
  misconfigured:
    'fetch: this runtime has no global fetch; pass one as the option fetch (in tests, that of the emulator), or choose ' +
    "Jest's environment 'node' in place of 'jsdom'",
}

const NODES_LIMIT_MS = 300_000

/** Options that lift the time limits of the runtime's own fetch, if they would expire before the caller's. */
const limitsOf = (timeoutMs: number): object => {
  // Bun ends a request after five minutes without a byte.
  if ('Bun' in globalThis) return { timeout: false }
  if (timeoutMs < NODES_LIMIT_MS || !isNode() || !isNativeFetch()) return {}
  const dispatcher = patientDispatcher()
  return dispatcher === undefined ? {} : { dispatcher }
}

const responseOf = (response: Response | undefined): TransportResponse => {
  // A stand-in for fetch may return anything, such as `Response.error()`, whose status is 0, like that of a hidden redirect.
  if (
    !Number.isInteger(response?.status) ||
    typeof response?.headers?.get !== 'function' ||
    (response.status === 0 && response.type === 'error')
  )
    throw new TypeError('fetch gave no Response')
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    read: (maxBytes) => readAtMost(response, maxBytes),
    discard: () => {
      response.body?.cancel().catch(() => {})
    },
  }
}

const readAtMost = async (response: Response, maxBytes: number): Promise<Uint8Array> => {
  // A stand-in for fetch may answer without a stream, or with Node's own kind.
  if (typeof response.body?.getReader !== 'function') {
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (bytes.byteLength > maxBytes) throw { tooLarge: true } satisfies BodyTooLarge
    return bytes
  }
  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return concatenate(chunks, size)
    size += value.byteLength
    if (size > maxBytes) {
      reader.cancel().catch(() => {})
      throw { tooLarge: true } satisfies BodyTooLarge
    }
    chunks.push(value)
  }
}

export interface OpenRequest {
  url: string
  method: 'GET' | 'PUT'
  headers: Readonly<Record<string, string>>
  body?: Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | undefined
  signal: AbortSignal
}

/** An answer whose body is still to be read. */
export interface OpenedStream {
  status: number
  /** The address that answered, if a browser has followed redirects. */
  redirectedTo?: string
  /** A header's value; names in lower case. */
  header(name: string): string | null
  body: ReadableStream<Uint8Array> | null
}

/** Whether a stream can be sent with its length in a header; elsewhere it would go out in chunks, which storages refuse. */
export const sendsStreams = (): boolean => isNode()

// Node keeps a copy of everything it has sent, in case of a redirect, unless a request has these two (Fetch standard,
// HTTP-network-or-cache fetch, step 2).
const STREAMED = { duplex: 'half', redirect: 'error', window: null } as const

/**
 * One exchange with a place that is not the API: no key, no cookie. A redirect is answered as it is, except in browsers,
 * which hide where it leads and must follow it themselves.
 */
export const openStream = async (given: Fetch | undefined, request: OpenRequest): Promise<OpenedStream> => {
  const { body } = request
  const more = {
    ...(typeof ReadableStream === 'function' && body instanceof ReadableStream && STREAMED),
    // workerd throws for options that it does not have.
    ...(isBrowser() && { credentials: 'omit' as const }),
  }
  const sent = { timeoutMs: Infinity, ...request }
  const response = await exchange(given, sent, more)
  if (response.type !== 'opaqueredirect' || request.method !== 'GET') return opened(response)
  return opened(await exchange(given, sent, { ...more, redirect: 'follow' }))
}

const opened = (response: Response): OpenedStream => ({
  status: response.status,
  ...(response.redirected && { redirectedTo: response.url }),
  header: (name) => response.headers.get(name),
  body: streamOf(response),
})

// A stand-in for fetch may answer without a stream (React Native), or with Node's own kind (node-fetch).
const streamOf = (response: Response): ReadableStream<Uint8Array> | null => {
  if (response.body === null || typeof response.body?.getReader === 'function') return response.body
  return new ReadableStream({
    pull: async (out) => {
      out.enqueue(new Uint8Array(await response.arrayBuffer()))
      out.close()
    },
  })
}
