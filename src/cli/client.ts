import { RunApiClient } from '../client'
import type { ClientEvent } from '../contract/events'
import type { Ledger } from '../contract/ledger'
import { readEnv } from '../platform/env'
import { UsageError } from './exit-code-of'
import { say } from './output'
import { createProgress, type Progress } from './progress'
import type { Line } from './read-line'

/** The tools of a command that talks to the service. */
export interface Service {
  runapi: RunApiClient
  progress: Progress
  signal: AbortSignal
}

/** The key comes from the environment alone: every user of a machine can read the arguments of its processes. */
export const requireKey = (): void => {
  if (readEnv('RUNAPI_API_KEY') !== undefined) return
  const set =
    process.platform === 'win32' ? "$env:RUNAPI_API_KEY = '…' (PowerShell)" : 'export RUNAPI_API_KEY=…'
  throw new UsageError(
    'the environment variable RUNAPI_API_KEY is not set; it must hold your RunAPI key\n' +
      `  Get a key at https://runapi.ai and set it with: ${set}\n` +
      '  To try without one, run npx runapi-video emulator and set RUNAPI_BASE_URL to its address; it takes any key.',
  )
}

interface ClientParts {
  /** The ledger for purchases. */
  ledger?: Ledger | undefined
  /** Takes the lines that the client writes; many orders at once say themselves what they send. */
  board?: Pick<Progress, 'tell' | 'note'> | undefined
}

/** Opens a client for `work`, and closes it afterwards. */
export const withClient = async (
  line: Line,
  signal: AbortSignal,
  work: (service: Service) => Promise<number>,
  { ledger, board }: ClientParts = {},
): Promise<number> => {
  const progress = createProgress({
    screen: process.stderr,
    say,
    quiet: line.flag('quiet'),
    env: process.env,
  })
  const runapi = openClient(line, progress, { ledger, board })
  try {
    return await work({ runapi, progress, signal })
  } finally {
    await runapi.close()
  }
}

const openClient = (line: Line, progress: Progress, { ledger, board }: ClientParts): RunApiClient => {
  // Console's own would write some levels to stdout.
  const write = (message: string, fields?: object): void =>
    (board ?? progress).tell(fields === undefined ? message : `${message} ${JSON.stringify(fields)}`)
  const baseUrl = line.text('base-url')
  return new RunApiClient({
    ...(baseUrl !== undefined && { baseUrl }),
    ...(line.flag('allow-insecure-http') && { allowInsecureHttp: true }),
    ...(ledger && { ledger }),
    logger: { debug: write, info: write, warn: write, error: write },
    onEvent: (event) => {
      if (board && event.type === 'request') return
      const words = wordsOf(event)
      if (words !== undefined) (board ?? progress).note(words)
    },
  })
}

const wordsOf = (event: ClientEvent): string | undefined => {
  // Before it is sent: if the machine goes down now, only the key finds the task again.
  if (event.type === 'request' && event.idempotencyKey !== undefined && event.attempt === 0)
    return `${event.operation}: sending, with idempotency key ${event.idempotencyKey}`
  if (event.type === 'retry')
    return `${event.operation}: ${event.error}, again in ${(event.delayMs / 1000).toFixed(1)} s`
  return undefined
}
