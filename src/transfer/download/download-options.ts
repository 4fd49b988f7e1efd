/** How far a download is. */
export interface DownloadProgress {
  /** Bytes that came so far. */
  receivedBytes: number
  /** Where the server says it. */
  totalBytes?: number
}

/** Options of a download. */
export interface DownloadOptions {
  /** Ends the download at any point, in the body too; it ends with `signal.reason` itself. */
  signal?: AbortSignal | undefined
  /**
   * The most bytes to take; beyond them the download fails.
   * @default no limit
   */
  maxBytes?: number | undefined
  /** Receives the progress, with each piece that came. What it throws is logged and changes nothing. */
  onProgress?: ((progress: DownloadProgress) => void) | undefined
  /**
   * How long the next piece may take, in milliseconds; the answer's headers are the first.
   * @default 30_000
   */
  stallTimeoutMs?: number | undefined
  /**
   * Further attempts after the first: for the answer here, for the whole file with `downloadVideo`.
   * @default 2
   */
  maxRetries?: number | undefined
}
