import {
  AuthenticationError,
  InsufficientCreditsError,
  RunApiError,
  TaskFailedError,
  UnknownOutcomeError,
} from '../index'
import { RefusedRequest } from './order'

const ASK_AGAIN =
  'Ask for exactly the same video again later: that collects it and buys nothing. Do not change the request, and do ' +
  'not have it made by another model meanwhile.'

/**
 * An error that an agent reads. Agents see nothing but its text, and OpenClaw appends a `cause`, so there is none. Its
 * summary drops a text that speaks of an aborted operation.
 */
export const agentError = (thrown: unknown): Error => {
  if (thrown instanceof RefusedRequest) return new Error(thrown.message)
  if (!RunApiError.is(thrown))
    return new Error(`RunAPI: ${thrown instanceof Error ? thrown.message : thrown}`)
  return new Error(textOf(thrown))
}

const textOf = (error: RunApiError): string => {
  const { message, task } = error
  if (error instanceof TaskFailedError) {
    return (
      `RunAPI task ${error.task.id} failed: ${error.failure.message}. RunAPI says that failed generations are not ` +
      'charged. Asking again makes a new attempt; change the prompt or the input if the reason lies there.'
    )
  }
  if (task) return `The video is paid for, and RunAPI task ${task.id} goes on: ${message}. ${ASK_AGAIN}`
  if (error instanceof UnknownOutcomeError) {
    return `It is not known whether the video was bought: ${message}. ${ASK_AGAIN}`
  }
  if (['server', 'malformed_response', 'client_closed'].includes(error.code))
    return `RunAPI may have bought the video: ${message}. ${ASK_AGAIN}`
  if (error.code === 'spending_limit') {
    return `Nothing was bought. ${message}. The limit stands in plugins.entries.runapi-video.config.limit; only its owner may raise it.`
  }
  if (error instanceof InsufficientCreditsError) {
    return `Nothing was bought: the RunAPI account has too few credits. The user can add some at https://runapi.ai.`
  }
  if (error instanceof AuthenticationError) {
    return `Nothing was bought: RunAPI refuses the key. ${message}. The user can set it with: openclaw models auth login --provider runapi`
  }
  return `Nothing was bought. ${message}`
}
