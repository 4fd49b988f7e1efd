import { isBrowser, isNode } from '../platform/env'
import { exchange } from './fetch'
import type { Fetch } from './transport'

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
  /** The address that answered, where a browser has followed redirects. */
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
