import {
  hide,
  ownInit,
  RunApiError,
  type RunApiErrorCode,
  type RunApiErrorInit,
  withoutUndefined,
} from './run-api-error'
import { isRetryableStatus } from './status'

export interface ApiErrorInit extends RunApiErrorInit {
  status: number
  serviceCode?: string | undefined
  fieldErrors?: Readonly<Record<string, readonly string[]>> | undefined
  retryAfterMs?: number | undefined
  body?: unknown
}

/** The service answered with a status other than success. Statuses without a class of their own use this one. */
export class ApiError extends RunApiError {
  /** The HTTP status; 0 for a redirect that a browser hides. */
  declare readonly status: number
  /** The service's own error code, if it sent one. Its list is not published. */
  declare readonly serviceCode?: string
  /** The service's error messages by parameter, if it sent them. */
  declare readonly fieldErrors?: Readonly<Record<string, readonly string[]>>
  /** How long the service asks you to wait, in milliseconds, from a valid `Retry-After`. */
  declare readonly retryAfterMs?: number
  /** The body of the answer: parsed JSON or text. Not part of the message, of `toJSON()` or of `inspect`. */
  declare readonly body: unknown

  constructor(message: string, given: ApiErrorInit) {
    const init = ownInit(given)
    super(message, init)
    const { status, serviceCode, fieldErrors, retryAfterMs } = init
    Object.assign(this, withoutUndefined({ status, serviceCode, fieldErrors, retryAfterMs }))
    hide(this, 'body', init.body)
  }
  override get name(): string {
    return 'ApiError'
  }
  get code(): RunApiErrorCode {
    return 'api'
  }
  override get retryable(): boolean {
    return isRetryableStatus(this.status)
  }
  protected override details(): Record<string, unknown> {
    const { status, serviceCode, fieldErrors, retryAfterMs } = this
    return { ...withoutUndefined({ status, serviceCode, fieldErrors, retryAfterMs }), ...super.details() }
  }
}
