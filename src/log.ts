/** Where log lines go; `console` fits. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
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
