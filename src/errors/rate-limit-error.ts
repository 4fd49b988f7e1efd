import { ApiError } from './api-error'

/** Too many requests (429); `retryAfterMs` says how long to wait, where the service said so. */
export class RateLimitError extends ApiError {
  override get name(): string {
    return 'RateLimitError'
  }
  override get code(): 'rate_limit' {
    return 'rate_limit'
  }
}
