/** Where log lines go; `console` fits. */
export interface Logger {
  /** What is of use when a fault is looked for. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  /** What the library does by itself, such as a retry. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  /** What works and should be looked at, such as a status word that is not known. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  /** What went wrong outside of a call, such as a listener that throws. */
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

export const LOG_LEVELS = ['off', 'error', 'warn', 'info', 'debug'] as const

/** How much is logged; each level includes those before it. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Writes one line. `fields` is made by the caller from what may be shown: nothing is filtered out afterwards. */
export type Log = (
  level: Exclude<LogLevel, 'off'>,
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void

export const createLog = (logger: Logger, levelOf: () => LogLevel): Log => {
  return (level, message, fields) => {
    if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(levelOf())) return
    try {
      const written: unknown = logger[level](`runapi-video: ${message}`, ...(fields ? [fields] : []))
      // An async logger's rejection would end the process.
      Promise.resolve(written).catch(() => {})
    } catch {
      // A logger that throws must not decide over a paid call, and there is no second place to report it.
    }
  }
}
