import { ownInit, RunApiError, type RunApiErrorInit, withoutUndefined } from './run-api-error'

/**
 * Why a download failed:
 * - `address`: the URL, or one that it redirects to, is not https, carries a login, or names a private address
 * - `redirects`: too many redirects, or one without a valid target
 * - `status`: the server answered with a status other than success; `status` contains it
 * - `content`: the server sent a page or JSON instead of a media file
 * - `connection`: no answer, or the connection broke in the middle
 * - `stalled`: nothing came for `stallTimeoutMs`
 * - `length`: fewer or more bytes came than the file has
 * - `too_large`: more than `maxBytes`
 * - `file`: the file could not be written: it exists, the disk is full, permission is missing
 * - `expired`: the URL has expired; a `ResultExpiredError`
 */
export type DownloadErrorReason =
  | 'address'
  | 'redirects'
  | 'status'
  | 'content'
  | 'connection'
  | 'stalled'
  | 'length'
  | 'too_large'
  | 'file'
  | 'expired'

export interface DownloadErrorInit extends RunApiErrorInit {
  reason: DownloadErrorReason
  status?: number | undefined
  retryable?: boolean
  retryAfterMs?: number | undefined
}

/** A result could not be downloaded. The task still has it: download again. */
export class DownloadError extends RunApiError {
  /** The reason, for `switch`. */
  readonly reason: DownloadErrorReason
  /** The HTTP status, if it is the reason. */
  readonly status?: number
  /** How long the server asks you to wait, in milliseconds. */
  readonly retryAfterMs?: number
  readonly #retryable: boolean

  constructor(message: string, given: DownloadErrorInit) {
    const init = ownInit(given)
    super(message, init)
    this.reason = init.reason
    if (init.status !== undefined) this.status = init.status
    if (init.retryAfterMs !== undefined) this.retryAfterMs = init.retryAfterMs
    this.#retryable = init.retryable ?? false
  }
  override get name(): string {
    return 'DownloadError'
  }
  get code(): 'download' | 'result_expired' {
    return 'download'
  }
  override get retryable(): boolean {
    return this.#retryable
  }
  protected override details(): Record<string, unknown> {
    const { reason, status, retryAfterMs } = this
    return { ...withoutUndefined({ reason, status, retryAfterMs }), ...super.details() }
  }
}
