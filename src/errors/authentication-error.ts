import { ApiError } from './api-error'

/** The key is missing, wrong or revoked (401). */
export class AuthenticationError extends ApiError {
  override get name(): string {
    return 'AuthenticationError'
  }
  override get code(): 'authentication' {
    return 'authentication'
  }
}
