import { hide, ownInit, RunApiError, type RunApiErrorInit, withoutUndefined } from './run-api-error'

export interface MalformedResponseErrorInit extends RunApiErrorInit {
  status: number
  contentType?: string | undefined
  body: string
  saysCompleted?: boolean
}

/**
 * The service answered with success, but the answer cannot be read. After a create the task may exist and be paid for:
 * call again with this error's `idempotencyKey`.
 */
export class MalformedResponseError extends RunApiError {
  /** The HTTP status, a 2xx. */
  readonly status: number
  /** The `content-type` of the answer, if it had one. */
  readonly contentType?: string
  /** The beginning of the answer as text, 4 KiB at most. Not part of the message, of `toJSON()` or of `inspect`. */
  declare readonly body: string
  /** @internal Whether the answer says that the task is completed but contains no result. */
  declare readonly saysCompleted?: boolean

  constructor(message: string, given: MalformedResponseErrorInit) {
    const init = ownInit(given)
    super(message, init)
    this.status = init.status
    if (init.contentType !== undefined) this.contentType = init.contentType
    hide(this, 'body', init.body)
    hide(this, 'saysCompleted', init.saysCompleted)
  }
  override get name(): string {
    return 'MalformedResponseError'
  }
  get code(): 'malformed_response' {
    return 'malformed_response'
  }
  override get retryable(): boolean {
    return true
  }
  protected override details(): Record<string, unknown> {
    const { status, contentType } = this
    return { ...withoutUndefined({ status, contentType }), ...super.details() }
  }
}
