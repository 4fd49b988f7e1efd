import { ApiError } from './api-error'

/** The account has too few credits for this task (402). Nothing was bought. `runapi.account.balance()` returns the balance. */
export class InsufficientCreditsError extends ApiError {
  override get name(): string {
    return 'InsufficientCreditsError'
  }
  override get code(): 'insufficient_credits' {
    return 'insufficient_credits'
  }
}
