import { ApiError } from './api-error'

/** There is no such task, or it belongs to another account (404). */
export class NotFoundError extends ApiError {
  override get name(): string {
    return 'NotFoundError'
  }
  override get code(): 'not_found' {
    return 'not_found'
  }
}
