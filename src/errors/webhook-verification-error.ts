import { RunApiError, type RunApiErrorInit } from './run-api-error'

/**
 * Why a delivery was refused:
 * - `missing_header`: one of the three `X-Callback-…` headers is missing or malformed
 * - `bad_timestamp`: the timestamp is not a Unix time in seconds
 * - `stale`: the timestamp is further from now than the tolerance, as in a replay
 * - `no_match`: no signature was made with one of the secrets over this id, timestamp and body
 * - `bad_body`: the body was passed parsed, is too large, or contains no task
 */
export type WebhookVerificationReason = 'missing_header' | 'bad_timestamp' | 'stale' | 'no_match' | 'bad_body'

export interface WebhookVerificationErrorInit extends RunApiErrorInit {
  reason: WebhookVerificationReason
}

/** A webhook delivery cannot be trusted or read. Answer it with 400 and do nothing else: anyone can send such a request. */
export class WebhookVerificationError extends RunApiError {
  /** The reason, for `switch`. */
  readonly reason: WebhookVerificationReason

  constructor(message: string, init: WebhookVerificationErrorInit) {
    super(message, init)
    this.reason = init.reason
  }
  override get name(): string {
    return 'WebhookVerificationError'
  }
  get code(): 'webhook_verification' {
    return 'webhook_verification'
  }
  protected override details(): Record<string, unknown> {
    return { reason: this.reason, ...super.details() }
  }
}
