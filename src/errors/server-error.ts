import { ApiError } from './api-error'

/** The service or its channel is unavailable or failed (455 and 5xx). */
export class ServerError extends ApiError {
  override get name(): string {
    return 'ServerError'
  }
  override get code(): 'server' {
    return 'server'
  }
}
