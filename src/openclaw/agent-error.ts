import {
  AuthenticationError,
  RunApiError,
  type RunApiErrorCode,
  TaskFailedError,
  UnknownOutcomeError,
} from '../index'
import { RefusedRequest } from './order'

const ASK_AGAIN =
  'Ask for exactly the same video again later: that collects it and buys nothing. Do not change the request, and do ' +
  'not have it made by another model meanwhile.'
const SET_KEY = 'The user can set another key with: openclaw models auth login --provider runapi'
const SETTINGS = 'The user can change the settings under plugins.entries.runapi-video.config.'

/** What to do if nothing was bought. */
const ADVICE: Readonly<Partial<Record<RunApiErrorCode, string>>> = {
  authentication: SET_KEY,
  permission_denied: 'The owner of the account can allow it at https://runapi.ai.',
  insufficient_credits: 'The account has too few credits. The user can add some at https://runapi.ai.',
  spending_limit:
    'The limit stands in plugins.entries.runapi-video.config.limit; only its owner may raise it.',
  configuration: SETTINGS,
  not_found: SETTINGS,
}

/**
 * An error that an agent reads. Agents see nothing but its text, and OpenClaw appends a `cause`, so there is none. Its
 * summary drops a text that speaks of an aborted operation or request, which may stand in what the service says.
 */
export const agentError = (thrown: unknown): Error =>
  new Error(textOf(thrown).replace(/\b(operation|request) was aborted/gi, '$1 was ended'))

const textOf = (thrown: unknown): string => {
  if (thrown instanceof RefusedRequest) return thrown.message
  if (!RunApiError.is(thrown)) return `RunAPI: ${thrown instanceof Error ? thrown.message : thrown}`
  return thrown.task ? paidText(thrown, thrown.task.id) : unpaidText(thrown)
}

const paidText = (error: RunApiError, taskId: string): string => {
  if (error instanceof TaskFailedError) {
    return (
      `RunAPI task ${taskId} failed: ${error.failure.message}. RunAPI says that failed generations are not charged. ` +
      'Asking again makes a new attempt; change the prompt or the input if the reason lies there.'
    )
  }
  const paid = `The video is paid for, and RunAPI task ${taskId} goes on: ${factOf(error)}.`
  return error instanceof AuthenticationError
    ? `${paid} RunAPI refuses the key. ${SET_KEY}. ${ASK_AGAIN}`
    : `${paid} ${ASK_AGAIN}`
}

const unpaidText = (error: RunApiError): string => {
  if (error instanceof UnknownOutcomeError) {
    return `It is not known whether the video was bought: ${factOf(error)}. ${ASK_AGAIN}`
  }
  // Only a create carries a key. An upload, for one, ends with the same codes and buys nothing.
  const mayBeBought = ['server', 'malformed_response', 'client_closed'].includes(error.code)
  if (mayBeBought && error.idempotencyKey !== undefined)
    return `RunAPI may have bought the video: ${factOf(error)}. ${ASK_AGAIN}`
  // For a setting, the words after the semicolon say which one and how.
  const fact = error.code === 'configuration' ? error.message : factOf(error)
  const advice = ADVICE[error.code] ?? (error.retryable ? 'Ask again later.' : '')
  return `Nothing was bought. ${fact}. ${advice}`.trim()
}

/** What happened, without the advice after it, which is for programmers. */
const factOf = ({ message }: RunApiError): string => message.replace(/; .*$/s, '').replace(/\.$/, '')
