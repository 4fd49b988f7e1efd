export interface TransportRequest {
  url: string
  method: 'GET' | 'POST' | 'PUT'
  headers: Readonly<Record<string, string>>
  body?: string | Uint8Array<ArrayBuffer> | undefined
  signal: AbortSignal
}

export interface TransportResponse {
  /** The HTTP status; 0 for a redirect that a browser hides. */
  status: number
  /** A header's value; names in lower case. */
  header(name: string): string | null
  /** The decoded body; rejects with a `BodyTooLarge` beyond `maxBytes`. */
  read(maxBytes: number): Promise<Uint8Array>
  /** Gives the connection back without reading the body. */
  discard(): void
}

/** One HTTP exchange: no redirect is followed, nothing is retried, an abort of the signal ends it at any point. */
export interface Transport {
  send(request: TransportRequest): Promise<TransportResponse>
  close(): Promise<void>
}

export type Fetch = typeof globalThis.fetch

export interface TransportOptions {
  /** Used for everything when given. */
  fetch?: Fetch | undefined
  maxConnections: number
}

/** The answer is larger than this library reads. Plain data, so that any transport can throw it. */
export interface BodyTooLarge {
  tooLarge: true
}

export const isBodyTooLarge = (error: unknown): error is BodyTooLarge =>
  typeof error === 'object' && error !== null && 'tooLarge' in error

/** The environment names a proxy that is no URL; thrown before anything is sent. Plain data too. */
export interface BadProxyVariable {
  badProxyVariable: string
}
