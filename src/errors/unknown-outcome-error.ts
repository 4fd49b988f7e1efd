import { RunApiError } from './run-api-error'

/**
 * A create may have reached the service, but the client cannot tell its outcome: a task may exist and be paid for.
 * Call again with the same parameters and this error's `idempotencyKey`; the service then answers with the task of
 * the first call, as long as it remembers the key (it does not publish how long). `cause` is the last failure.
 */
export class UnknownOutcomeError extends RunApiError {
  /** The key to call again with. */
  declare readonly idempotencyKey: string

  override get name(): string {
    return 'UnknownOutcomeError'
  }
  get code(): 'unknown_outcome' {
    return 'unknown_outcome'
  }
  override get retryable(): boolean {
    return true
  }
}
