import { RunApiError } from '../errors'
import { Interruption } from './interruption'

/** The command line, or a file that it names, is not as it must be. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The task that was asked for is not done; `cause` is what ended the wait for it. */
export class UnfinishedError extends Error {
  override readonly name = 'UnfinishedError'
}

/** The exit code of a command that ended with this error: a row of `EXIT_CODES`. */
export const exitCodeOf = (error: unknown): number => {
  if (error instanceof Interruption) return error.exitCode
  if (error instanceof UsageError) return 2
  if (error instanceof UnfinishedError) return 4
  if (!RunApiError.is(error)) return 1
  switch (error.code) {
    case 'validation':
    case 'configuration':
      return 2
    case 'task_failed':
      return 3
    case 'wait_timeout':
    case 'poll_failed':
      return 4
    case 'spending_limit':
      return 8
    case 'download':
    case 'result_expired':
      return 7
    case 'unknown_outcome':
    case 'malformed_response':
    case 'connection':
    case 'request_timeout':
    case 'client_closed':
      return 6
    default:
      return error.retryable ? 6 : 5
  }
}
