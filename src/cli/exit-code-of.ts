import { RunApiError } from '../errors'
import { Interruption } from './interruption'
import { UnfinishedError } from './unfinished-error'
import { UsageError } from './usage-error'

export const EXIT_CODES = `Exit codes:
  0    done
  1    something unexpected
  2    the command line, the parameters or the configuration are wrong; nothing was sent
  3    the service says that the generation failed
  4    the task is not done; it goes on, so wait again
  5    the service refused, and will again
  6    no answer, or one that says later; the same command with the same idempotency key may succeed
  7    the video could not be saved
  130  Ctrl-C (143: SIGTERM)`

/** The exit code of a command that ended with this error: the row above. */
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
