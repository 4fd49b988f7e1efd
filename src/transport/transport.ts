import type { SignalLike } from '../platform/on-abort'

export interface TransportRequest {
  url: string
  method: 'GET' | 'POST' | 'PUT'
  headers: Readonly<Record<string, string>>
  body?: string | Uint8Array<ArrayBuffer> | undefined
  signal: SignalLike
  /** How long the caller waits, so that no limit of the runtime ends the request earlier. The caller ends it. */
  timeoutMs?: number | undefined
}

export interface TransportResponse {
  /** The HTTP status; 0 for a redirect that a browser hides. */
  status: number
  /** A header's value; names in lower case. */
  header(name: string): string | null
  /** The decoded body; rejects with a `BodyTooLarge` beyond `maxBytes`. */
  read(maxBytes: number): Promise<Uint8Array>
  /** Releases the connection without reading the body. */
  discard(): void
}

/** One HTTP exchange: no redirect is followed, nothing is retried, an abort of the signal ends it at any point. */
export interface Transport {
  send(request: TransportRequest): Promise<TransportResponse>
  close(): Promise<void>
}

export type Fetch = typeof globalThis.fetch

export interface TransportOptions {
  /** If given, used for everything. */
  fetch?: Fetch | undefined
  maxConnections: number
  /** Called once about what may not be as the environment asks. */
  warn?: ((message: string) => void) | undefined
}

/** The answer is larger than this library reads. Plain data, so that any transport can throw it. */
export interface BodyTooLarge {
  tooLarge: true
}

export const isBodyTooLarge = (error: unknown): error is BodyTooLarge =>
  typeof error === 'object' && error !== null && 'tooLarge' in error

/**
 * The runtime or its environment is set up so that the request cannot be sent; thrown before anything is. The
 * text says what to do. Plain data, because a transport is bundled by itself and has no error class of the library.
 */
export interface Misconfigured {
  misconfigured: string
}

/** The facts about a failed request, beside the underlying error, which is the `cause`. */
export interface TransportFailure extends Error {
  /** Not a byte of the request was sent. */
  neverSent?: true
  /** The proxy that it was to go through, without credentials, and the variable that names it. */
  proxy?: string
  proxyVariable?: string
}
