import { isBrowser } from './env'

/** Where log lines go; `console` fits, and so do pino, winston and their like. A line's text contains its fields too. */
export interface Logger {
  /** Each request and each answer, for debugging. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  /** What the library does on its own, such as a retry. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  /** Things that work but deserve a look, such as a status word that is not known. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  /** Errors outside of a call, such as a listener that throws. */
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

export const LOG_LEVELS = ['off', 'error', 'warn', 'info', 'debug'] as const

/** How much is logged; each level includes those before it. */
export type LogLevel = (typeof LOG_LEVELS)[number]

type LineLevel = Exclude<LogLevel, 'off'>

/** Writes one line. The caller puts only safe values into `fields`: nothing is filtered out afterwards. */
export interface Log {
  (level: LineLevel, message: string, fields?: Readonly<Record<string, unknown>>): void
  /** Whether lines of this level are written, for lines that are expensive to make. */
  isOn(level: LineLevel): boolean
}

export const createLog = (logger: Logger, levelOf: () => LogLevel): Log => {
  const isOn = (level: LineLevel): boolean => LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(levelOf())
  const log = (level: LineLevel, message: string, fields?: Readonly<Record<string, unknown>>): void => {
    if (!isOn(level)) return
    try {
      // In the text as well, because pino and others drop a second argument.
      const written: unknown = logger[level](
        `runapi-video: ${message}${textOf(fields)}`,
        ...(fields ? [fields] : []),
      )
      // An async logger's rejection would end the process.
      Promise.resolve(written).catch(() => {})
    } catch {
      // A logger that throws must not affect a paid call, and there is nowhere else to report it.
    }
  }
  return Object.assign(log, { isOn })
}

const textOf = (fields: Readonly<Record<string, unknown>> | undefined): string => {
  const parts = Object.entries(fields ?? {}).map(([name, value]) => `${name}: ${singleLine(String(value))}`)
  return parts.length > 0 ? ` (${parts.join(', ')})` : ''
}

const MAX_VALUE = 300

const singleLine = (text: string): string => text.slice(0, MAX_VALUE).replace(/[\s\p{Cc}]+/gu, ' ')

// Not `console.info` and `console.debug`, which write to stdout on servers: a JSON document or a protocol may be there.
const write =
  (level: LineLevel) =>
  (message: string): void => {
    if (isBrowser() || level === 'error') console[level](message)
    else console.warn(message)
  }

/** The default: the console's levels in a browser, stderr elsewhere. */
export const consoleLogger: Logger = {
  debug: write('debug'),
  info: write('info'),
  warn: write('warn'),
  error: write('error'),
}
