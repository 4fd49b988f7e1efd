import { ApiError } from './api-error'

/** The idempotency key was already used with other parameters, or the state does not allow the call (409). */
export class ConflictError extends ApiError {
  override get name(): string {
    return 'ConflictError'
  }
  override get code(): 'conflict' {
    return 'conflict'
  }
}
