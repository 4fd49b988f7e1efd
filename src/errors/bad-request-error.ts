import { ApiError } from './api-error'

/** The service refused the parameters (400 or 422); `fieldErrors` says which. Sending the same again fails again. */
export class BadRequestError extends ApiError {
  override get name(): string {
    return 'BadRequestError'
  }
  override get code(): 'bad_request' {
    return 'bad_request'
  }
}
