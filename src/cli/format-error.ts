import type { Task } from '../contract/task-handle'
import { type ApiError, RunApiError, type WaitTimeoutError } from '../errors'
import { redact } from '../http/redact'
import { readEnv } from '../platform/env'
import { own } from '../platform/own'
import { UnfinishedError } from './exit-code-of'
import { Interruption } from './interruption'
import type { OptionName } from './options'
import type { Line } from './read-line'

/** What went wrong and what to do about it, in the words of the command line: no stack, no secret. */
export const formatError = (error: unknown, line?: Line): string => {
  if (error instanceof UnfinishedError && error.cause !== undefined) return formatError(error.cause, line)
  if (error instanceof Interruption) {
    const { message, task } = error
    return task ? `${message}${handlePlace(line)}${waitLines(task, line)}` : message
  }
  if (!RunApiError.is(error)) return withoutKey(error instanceof Error ? error.message : String(error))
  const { requestId, task, code } = error
  const request = requestId === undefined ? '' : ` (request ${requestId})`
  const goesOn =
    task !== undefined &&
    code !== 'task_failed' &&
    !['download', 'result_expired', 'not_found'].includes(code)
  return [
    textOf(error, line),
    request,
    fieldLines(error),
    keyLine(error),
    goesOn ? waitLines(task, line) : '',
  ].join('')
}

/** Other arguments that a repeated create needs, by its error: the URLs of files that were uploaded for it. */
export const repeatedWith = new WeakMap<object, readonly string[]>()

// An argument or a file may have held it.
const withoutKey = (text: string): string => redact(text, [readEnv('RUNAPI_API_KEY') ?? ''])

/** How to make a create again that may have bought something. `more` is what else it needs. */
export const repeatLine = (key: string, more: readonly string[] = []): string =>
  `Run the same command with ${['--idempotency-key', key, ...more].map((word) => shellQuote(word)).join(' ')}, and nothing is bought twice.`

const handlePlace = (line: Line | undefined): string =>
  process.stdout.isTTY && !line?.flag('json') ? '' : ', and its handle is on stdout'

const waitLines = (task: Task, line: Line | undefined): string =>
  `\nTo wait for it:\n  ${waitCommand(task, line)}`

const PASSED_ON = [
  'base-url',
  'allow-insecure-http',
  'poll-ms',
  'download',
  'overwrite',
  'json',
  'quiet',
] as const satisfies OptionName[]

/** The command that waits for a task, as the user types it. */
export const waitCommand = (task: Task, line: Line | undefined): string => {
  const { endpoint, id, statusPath, ...rest } = task.toJSON()
  const what =
    statusPath === undefined ? [endpoint, id] : [JSON.stringify({ ...rest, endpoint, id, statusPath })]
  const flags = PASSED_ON.flatMap((name) => {
    const value = line?.text(name)
    if (value !== undefined) return [`--${name}`, value]
    return line?.flag(name) ? [`--${name}`] : []
  })
  const words = ['wait', ...what, ...flags]
  return `npx runapi-video ${words.map((word) => shellQuote(word)).join(' ')}`
}

/** The text as one word of a shell: a POSIX one, or both of Windows' if possible. */
export const shellQuote = (text: string, platform: string = process.platform): string => {
  if (platform !== 'win32') return /^[\w.:@/+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
  if (/^[\w.:\\/+-]+$/.test(text)) return text
  // PowerShell reads $ and ` between double quotes, and cmd.exe knows no single ones.
  return /["$`%!]/.test(text) ? `'${text.replaceAll("'", "''").replaceAll('"', '\\"')}'` : `"${text}"`
}

const textOf = (error: RunApiError, line: Line | undefined): string => {
  const task = error.task ? `${error.task.endpoint} ${error.task.id}: ` : ''
  const because = RunApiError.is(error.cause) ? ` (${error.cause.message})` : ''
  const goesOn = `the task goes on${handlePlace(line)}`
  switch (error.code) {
    case 'wait_timeout':
      return `${task}not done within ${(error as WaitTimeoutError).timeoutMs} ms; ${goesOn}`
    case 'poll_failed':
      return `${task}the last polls all failed${because}; ${goesOn}`
    case 'unknown_outcome':
      // Without a cause it was not sent: it is too old.
      return error.cause === undefined
        ? inFlags(error.message)
        : `no answer says whether the task was created${because}`
    default:
      return inFlags(error.message.startsWith(task) ? error.message : task + error.message)
  }
}

/** The names of API options in the library's sentences. */
export const inFlags = (message: string): string =>
  message
    .replace(
      /runapi\.resume\(order, .*?\) sends it again and may buy it twice; ledger\.writeOff\(.*?\) gives it up/,
      '--resend-unknown sends it again, and may buy it twice',
    )
    .replace(
      'give one by the option priceCents of openLedger',
      'without --limit-cents it is bought at any price',
    )
    .replace('; ledger.unfinished() shows them', '; they must end first')
    .replaceAll('pass overwrite: true', 'pass --overwrite')
    .replaceAll('option extraParams', 'option --extra-params')
    .replaceAll('needs allowInsecureHttp: true', 'needs --allow-insecure-http')
    // The line below says the same with the key in it.
    .replace(
      /: call again with the same parameters and\s+error\.idempotencyKey, and it is not bought twice/,
      '',
    )
    .replace(/^baseUrl: /, '--base-url: ')
    .replaceAll(
      '; runapi.account.balance() shows what is left',
      '; npx runapi-video balance shows what is left',
    )

const fieldLines = (error: RunApiError): string =>
  Object.entries((own(error, 'fieldErrors') as ApiError['fieldErrors']) ?? {})
    .map(([field, said]) => `\n  ${field}: ${said.join(', ')}`)
    .join('')

const keyLine = (error: RunApiError): string => {
  const { code, task, idempotencyKey, retryable } = error
  if (task || idempotencyKey === undefined || code === 'validation' || code === 'configuration') return ''
  if (code === 'unknown_outcome' && error.cause === undefined) return ''
  const mayRepeat = retryable || code === 'connection'
  return `\n${mayRepeat ? repeatLine(idempotencyKey, repeatedWith.get(error)) : `The idempotency key was ${shellQuote(idempotencyKey)}`}`
}
