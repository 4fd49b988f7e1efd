import type { ClientEvent } from '../contract/events'
import type { Ledger } from '../contract/ledger'
import type { ApiKeySource, RunApiClientOptions } from '../contract/options'
import { ConfigurationError } from '../errors/configuration-error'
import { guarded } from '../platform/call-back'
import { type Clock, systemClock } from '../platform/clock'
import { pageAddress, readEnv } from '../platform/env'
import { consoleLogger, createLog, LOG_LEVELS, type Log, type Logger, type LogLevel } from '../platform/log'
import { ownFields } from '../platform/own'
import { type BaseUrl, parseBaseUrl, SERVICE_URL } from './base-url'
import {
  checkClock,
  checkCount,
  checkFlag,
  checkFunction,
  checkMs,
  checkOptions,
  type OptionNames,
  refuseOption,
} from './checks'
import { type HeaderRecord, headerRecord } from './headers'

/** A client's options, checked, with their defaults. */
export interface Settings {
  readonly apiKey: string | ApiKeySource | null | undefined
  readonly timeoutMs: number
  readonly maxRetries: number
  readonly headers: HeaderRecord
  readonly maxConnections: number
  readonly maxConcurrentPolls: number
  readonly fetch: typeof globalThis.fetch | undefined
  readonly dangerouslyAllowBrowser: boolean
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly ledger: Ledger | undefined
  /** `undefined` if nobody listens, so that `emit?.()` does not even build the event. */
  readonly emit: ((event: ClientEvent) => void) | undefined
  /** Read at the first request, because the environment is. */
  baseUrl(): BaseUrl
}

export const CLIENT_OPTIONS: OptionNames<RunApiClientOptions> = {
  apiKey: true,
  baseUrl: true,
  allowInsecureHttp: true,
  dangerouslyAllowBrowser: true,
  timeoutMs: true,
  maxRetries: true,
  fetch: true,
  headers: true,
  maxConnections: true,
  maxConcurrentPolls: true,
  logger: true,
  logLevel: true,
  clock: true,
  ledger: true,
  onEvent: true,
}

/** Checks the options; reads no environment yet. Throws a `ConfigurationError` for an invalid value. */
export const resolveSettings = (given: RunApiClientOptions | undefined): Settings => {
  const options = ownFields(checkOptions('options', given, CLIENT_OPTIONS))
  const clock = checkClock(options.clock ?? systemClock)
  const log = createLog(checkLogger(options.logger ?? consoleLogger), logLevelOf(options.logLevel))
  return {
    apiKey: checkKeySource(options.apiKey),
    timeoutMs: checkMs('timeoutMs', options.timeoutMs ?? 60_000),
    maxRetries: checkCount('maxRetries', options.maxRetries ?? 2, 0),
    headers: headersOf(options.headers),
    maxConnections: checkCount('maxConnections', options.maxConnections ?? 64, 1),
    maxConcurrentPolls: checkCount('maxConcurrentPolls', options.maxConcurrentPolls ?? 32, 1),
    fetch:
      options.fetch === undefined ? undefined : (checkFunction('fetch', options.fetch) as Settings['fetch']),
    dangerouslyAllowBrowser: checkFlag('dangerouslyAllowBrowser', options.dangerouslyAllowBrowser ?? false),
    clock,
    random: () => (clock.random ? clock.random() : Math.random()),
    log,
    ledger: options.ledger === undefined ? undefined : checkLedger(options.ledger),
    emit: emitter(options.onEvent, log),
    baseUrl: baseUrlOf(options),
  }
}

const baseUrlOf = (options: RunApiClientOptions): (() => BaseUrl) => {
  const { allowInsecureHttp } = options
  if (allowInsecureHttp !== undefined) checkFlag('allowInsecureHttp', allowInsecureHttp)
  const read = (text: unknown, from: string): BaseUrl =>
    parseBaseUrl(text, {
      from,
      page: pageAddress(),
      get allowInsecureHttp() {
        return allowInsecureHttp ?? envFlag('RUNAPI_ALLOW_INSECURE_HTTP')
      },
    })
  let base = options.baseUrl === undefined ? undefined : read(options.baseUrl, 'baseUrl')
  return () => {
    base ??= read(readEnv('RUNAPI_BASE_URL') ?? SERVICE_URL, 'RUNAPI_BASE_URL')
    return base
  }
}

const envFlag = (name: string): boolean => {
  const text = readEnv(name) ?? '0'
  if (/^(?:1|true)$/i.test(text)) return true
  if (/^(?:0|false)$/i.test(text)) return false
  throw new ConfigurationError(`${name}: must be 1 or 0 (received ${JSON.stringify(text.slice(0, 20))})`)
}

const headersOf = (given: RunApiClientOptions['headers']): HeaderRecord => {
  const headers = headerRecord(given)
  if (!('idempotency-key' in headers)) return headers
  throw new ConfigurationError(
    'headers: an Idempotency-Key names one purchase; pass it to the call, as its option idempotencyKey',
  )
}

const checkKeySource = (value: unknown): Settings['apiKey'] => {
  if (value === null || value === undefined || typeof value === 'string') return value
  if (typeof value === 'function') return value as ApiKeySource
  // Only the type: a value meant as a key is a secret, even if it is a number.
  throw new ConfigurationError(`apiKey: must be a string, a function or null (received a ${typeof value})`)
}

const checkLogger = (logger: Logger): Logger => {
  const fits = [logger.debug, logger.info, logger.warn, logger.error].every(
    (method) => typeof method === 'function',
  )
  return fits ? logger : refuseOption('logger', 'an object with debug, info, warn and error', logger)
}

const checkLedger = (ledger: Ledger): Ledger =>
  typeof ledger?.intend === 'function' ? ledger : refuseOption('ledger', 'what openLedger() gave', ledger)

const isLogLevel = (value: unknown): value is LogLevel => LOG_LEVELS.some((level) => level === value)

const logLevelOf = (option: LogLevel | undefined): (() => LogLevel) => {
  if (option !== undefined) {
    if (!isLogLevel(option)) refuseOption('logLevel', `one of ${LOG_LEVELS.join(', ')}`, option)
    return () => option
  }
  let level: LogLevel | undefined
  return () => {
    const variable = level === undefined ? readEnv('RUNAPI_LOG')?.toLowerCase() : undefined
    level ??= isLogLevel(variable) ? variable : 'warn'
    return level
  }
}

const emitter = (onEvent: RunApiClientOptions['onEvent'], log: Log): Settings['emit'] =>
  onEvent &&
  guarded(checkFunction('onEvent', onEvent), { name: 'onEvent', log, otherwise: 'the call goes on' })
