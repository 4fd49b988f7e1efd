import { RunApiClient } from '../client'
import type { ClientEvent } from '../contract/events'
import { readEnv } from '../platform/env'
import type { Progress } from './progress'
import { UsageError } from './usage-error'

/** The key comes from the environment alone: every user of a machine can read the arguments of its processes. */
export const requireKey = (): void => {
  if (readEnv('RUNAPI_API_KEY') === undefined)
    throw new UsageError('the environment variable RUNAPI_API_KEY is not set; it must hold your RunAPI key')
}

export const openClient = (baseUrl: string | undefined, progress: Progress): RunApiClient => {
  // Console's own would write some levels to stdout.
  const write = (message: string, fields?: object): void =>
    progress.tell(fields === undefined ? message : `${message} ${JSON.stringify(fields)}`)
  return new RunApiClient({
    ...(baseUrl !== undefined && { baseUrl }),
    logger: { debug: write, info: write, warn: write, error: write },
    onEvent: (event) => {
      const line = lineOf(event)
      if (line !== undefined) progress.note(line)
    },
  })
}

const lineOf = (event: ClientEvent): string | undefined => {
  // Before it is sent: should the machine go down now, the key is what finds the task again.
  if (event.type === 'request' && event.idempotencyKey !== undefined && event.attempt === 0)
    return `${event.operation}: sending, with idempotency key ${event.idempotencyKey}`
  if (event.type === 'retry')
    return `${event.operation}: ${event.error}, again in ${(event.delayMs / 1000).toFixed(1)} s`
  return undefined
}
