import { ConnectionError } from './connection-error'

/** One attempt, headers and body together, took longer than its `timeoutMs`. */
export class RequestTimeoutError extends ConnectionError {
  override get name(): string {
    return 'RequestTimeoutError'
  }
  override get code(): 'request_timeout' {
    return 'request_timeout'
  }
}
