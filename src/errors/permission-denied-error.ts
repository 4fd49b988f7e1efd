import { ApiError } from './api-error'

/** The key does not have the permission (403). */
export class PermissionDeniedError extends ApiError {
  override get name(): string {
    return 'PermissionDeniedError'
  }
  override get code(): 'permission_denied' {
    return 'permission_denied'
  }
}
