import { ApiError } from './api-error'

/** Too many requests (429); `retryAfterMs` is how long to wait, if the service said. */
export class RateLimitError extends ApiError {
  override get name(): string {
    return 'RateLimitError'
  }
  override get code(): 'rate_limit' {
    return 'rate_limit'
  }
}
