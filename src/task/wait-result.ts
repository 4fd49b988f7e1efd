import type { Task } from '../contract/task-handle'
import type { CompletedState, TaskFailure, TaskState } from '../contract/task-state'
import { ConfigurationError } from '../errors/configuration-error'
import { PollFailedError } from '../errors/poll-failed-error'
import { ResultMissingError } from '../errors/result-missing-error'
import { RunApiError } from '../errors/run-api-error'
import { TaskFailedError } from '../errors/task-failed-error'
import { WaitTimeoutError } from '../errors/wait-timeout-error'
import { sanitizeMessage, withoutUrlQueries } from '../platform/sanitize'
import type { WaitResult } from '../waiting/subscriber'
import { isNotOfTheService, saysCompletedOnly } from './status'
import { errorContext, type TaskCore } from './task-core'

/** The outcome of a wait, as its event names it. */
export const outcomeOf = <R>(result: WaitResult<TaskState<R>>): string => {
  switch (result.kind) {
    case 'reached':
      return result.state.status
    case 'timed out':
      return 'wait_timeout'
    case 'too many failures':
      return saysCompletedOnly(result.error) ? 'result_missing' : 'poll_failed'
    case 'invalid schedule':
      return 'configuration'
    case 'failed':
      return RunApiError.is(result.error) ? result.error.code : 'error'
    case 'left':
      return RunApiError.is(result.reason) ? result.reason.code : 'aborted'
  }
}

export interface ResultContext<R> {
  task: Task<R>
  core: TaskCore<R>
  timeoutMs: number
}

/** The completed state, or the error that says how the wait ended and carries what you need to continue. */
export const completedFrom = <R>(
  result: WaitResult<TaskState<R>>,
  { task, core, timeoutMs }: ResultContext<R>,
): CompletedState<R> => {
  const { ref } = core
  const name = `${ref.endpoint} ${ref.id}`
  const known = errorContext(task, core)
  const context = {
    ...known,
    lastState: (result.lastState as TaskState | undefined) ?? known.lastState,
    elapsedMs: Math.round(result.elapsedMs),
    polls: result.polls,
  }
  const { pollCounts } = result
  switch (result.kind) {
    case 'reached': {
      const { state } = result
      if (state.status === 'completed') return state
      const failure = state.status === 'failed' ? state.error : { message: 'no terminal state' }
      const words = sanitizeMessage(failure.message)
      throw new TaskFailedError(`${name}: the generation failed: ${words}; ${AFTER_FAILURE}`, {
        ...context,
        failure: safeFailure(failure),
      })
    }
    case 'timed out':
      throw new WaitTimeoutError(
        `${name}: not done within ${timeoutMs} ms${inWords(result)}; the task goes on, wait again with error.task.wait()`,
        { ...context, cause: result.error, timeoutMs, pollCounts },
      )
    case 'too many failures':
      if (saysCompletedOnly(result.error)) {
        throw new ResultMissingError(
          `${name}: the service says that the task is completed, and names no result; ask its support, with error.requestId`,
          { ...context, cause: result.error, requestId: requestIdIn(result.error) },
        )
      }
      throw new PollFailedError(
        `${name}: the last polls all failed${inWords(result)}${isNotOfTheService(result.error) ? ELSEWHERE : ''}; the task goes on, wait again with error.task.wait()`,
        { ...context, cause: result.error, pollCounts },
      )
    case 'invalid schedule':
      throw new ConfigurationError(
        `schedule: must return a delay in milliseconds, 0 or more (it ${typeof result.error === 'number' ? `returned ${result.error}` : 'threw; see cause'})`,
        { ...context, cause: result.error },
      )
    case 'failed':
      throw RunApiError.is(result.error) ? result.error.with(context) : result.error
    case 'left':
      throw RunApiError.is(result.reason) && result.reason.code === 'client_closed'
        ? result.reason.with(context)
        : result.reason
  }
}

const AFTER_FAILURE =
  'RunAPI says that it does not charge failed generations. To try again, create a task with a new idempotency key'

const ELSEWHERE =
  ', at last with a page that did not come from the service: a proxy, a login page or a bot check stands in between'

const requestIdIn = (error: unknown): string | undefined =>
  RunApiError.is(error) ? error.requestId : undefined

/** Such as ` (12 polls: 10 × processing, 2 × 503)`. */
const inWords = ({ polls, pollCounts }: WaitResult<unknown>): string => {
  const counts = Object.entries(pollCounts).map(([label, count]) => `${count} × ${label}`)
  return counts.length === 0 ? '' : ` (${polls} ${polls === 1 ? 'poll' : 'polls'}: ${counts.join(', ')})`
}

// An error is printed and reported with its fields; the original words are in `lastState`.
const safeFailure = ({ code, message }: TaskFailure): TaskFailure => ({
  ...(code !== undefined && { code: sanitizeMessage(code) }),
  message: withoutUrlQueries(message),
})
