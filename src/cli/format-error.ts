import { type ApiError, RunApiError, type WaitTimeoutError } from '../errors'
import { redact } from '../http/redact'
import { readEnv } from '../platform/env'
import { own } from '../platform/own'
import { Interruption } from './interruption'
import { shellQuote } from './shell-quote'

/** What went wrong and what to do about it, in the words of the command line: no stack, no secret. */
export const formatError = (error: unknown): string => {
  if (error instanceof Interruption) return error.message
  if (!RunApiError.is(error)) return withoutKey(error instanceof Error ? error.message : String(error))
  const { requestId } = error
  const request = requestId === undefined ? '' : ` (request ${requestId})`
  return `${textOf(error)}${request}${fieldLines(error)}${keyLine(error)}`
}

// An argument or a file may have held it.
const withoutKey = (text: string): string => redact(text, [readEnv('RUNAPI_API_KEY') ?? ''])

/** How to make a create again that may have bought something. */
export const repeatLine = (key: string): string =>
  `Run the same command with --idempotency-key ${shellQuote(key)}, and nothing is bought twice.`

const textOf = (error: RunApiError): string => {
  const task = error.task ? `${error.task.endpoint} ${error.task.id}: ` : ''
  const because = RunApiError.is(error.cause) ? ` (${error.cause.message})` : ''
  const goesOn = 'the task goes on, and its handle is on stdout'
  switch (error.code) {
    case 'wait_timeout':
      return `${task}not done within ${(error as WaitTimeoutError).timeoutMs} ms; ${goesOn}`
    case 'poll_failed':
      return `${task}the last polls all failed${because}; ${goesOn}`
    case 'unknown_outcome':
      return `no answer says whether the task was created${because}`
    default:
      return inFlags(error.message.startsWith(task) ? error.message : task + error.message)
  }
}

// What the library's sentences call an option of the API.
const inFlags = (message: string): string =>
  message
    .replaceAll('pass overwrite: true', 'pass --overwrite')
    .replaceAll('option extraParams', 'option --extra-params')
    .replaceAll('; runapi.account.balance() shows what is left', '')

const fieldLines = (error: RunApiError): string =>
  Object.entries((own(error, 'fieldErrors') as ApiError['fieldErrors']) ?? {})
    .map(([field, said]) => `\n  ${field}: ${said.join(', ')}`)
    .join('')

const keyLine = ({ code, task, idempotencyKey, retryable }: RunApiError): string => {
  if (task || idempotencyKey === undefined || code === 'validation' || code === 'configuration') return ''
  const mayRepeat = retryable || code === 'connection'
  return `\n${mayRepeat ? repeatLine(idempotencyKey) : `The idempotency key was ${shellQuote(idempotencyKey)}`}`
}
