import type { Task } from '../contract/task-handle'
import type { CompletedState, TaskFailure, TaskState } from '../contract/task-state'
import { ConfigurationError } from '../errors/configuration-error'
import { PollFailedError } from '../errors/poll-failed-error'
import { RunApiError } from '../errors/run-api-error'
import { TaskFailedError } from '../errors/task-failed-error'
import { WaitTimeoutError } from '../errors/wait-timeout-error'
import { sanitizeMessage, withoutUrlQueries } from '../http/redact'
import type { WaitResult } from '../waiting/poll-result'
import { errorContext } from './error-context'
import type { TaskCore } from './task-core'

interface EndingContext<R> {
  task: Task<R>
  core: TaskCore<R>
  timeoutMs: number
}

/** The completed state, or the error that says how the wait ended and carries what is needed to go on. */
export const resultOf = <R>(
  end: WaitResult<TaskState<R>>,
  { task, core, timeoutMs }: EndingContext<R>,
): CompletedState<R> => {
  const { ref } = core
  const name = `${ref.endpoint} ${ref.id}`
  const known = errorContext(task, core)
  const context = {
    ...known,
    lastState: (end.lastState as TaskState | undefined) ?? known.lastState,
    elapsedMs: Math.round(end.elapsedMs),
    polls: end.polls,
  }
  switch (end.kind) {
    case 'reached': {
      const { state } = end
      if (state.status === 'completed') return state
      const failure = state.status === 'failed' ? state.error : { message: 'no terminal state' }
      throw new TaskFailedError(`${name}: the generation failed: ${sanitizeMessage(failure.message)}`, {
        ...context,
        failure: safeFailure(failure),
      })
    }
    case 'timed out':
      throw new WaitTimeoutError(
        `${name}: not done within ${timeoutMs} ms; the task goes on, wait again with error.task.wait()`,
        { ...context, cause: end.error, timeoutMs },
      )
    case 'stumbled':
      throw new PollFailedError(
        `${name}: the last polls all failed; the task goes on, wait again with error.task.wait()`,
        { ...context, cause: end.error },
      )
    case 'bad schedule':
      throw new ConfigurationError(
        `schedule: must return a delay in milliseconds, 0 or more (it ${typeof end.error === 'number' ? `returned ${end.error}` : 'threw; see cause'})`,
        { ...context, cause: end.error },
      )
    case 'refused':
      throw RunApiError.is(end.error) ? end.error.with(context) : end.error
    case 'left':
      throw RunApiError.is(end.reason) && end.reason.code === 'client_closed'
        ? end.reason.with(context)
        : end.reason
  }
}

// An error is printed and reported with its fields; the words as they came are in `lastState`.
const safeFailure = ({ code, message }: TaskFailure): TaskFailure => ({
  ...(code !== undefined && { code: sanitizeMessage(code) }),
  message: withoutUrlQueries(message),
})
