import { type ParseArgsConfig, parseArgs } from 'node:util'
import { nearestName } from '../schema/nearest-name'
import { UsageError } from './usage-error'

/** What `parseArgs` reads. Throws a `UsageError` where it throws. */
export const readOptions = <const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> => {
  try {
    return parseArgs(config)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const unknown = (error as { code?: unknown }).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
    throw new UsageError(unknown ? unknownOption(message, Object.keys(config.options ?? {})) : message)
  }
}

const unknownOption = (message: string, names: readonly string[]): string => {
  const [, option = ''] = /'(-[^' =]*)/.exec(message) ?? []
  const near = nearestName(option, names)
  return `there is no option ${option}${near === undefined ? '; --help lists them' : `; did you mean --${near}?`}`
}

interface Limits {
  from?: number
  to?: number
}

/** The number that an option holds. */
export const wholeNumber = (
  name: string,
  text: string | undefined,
  { from = 0, to = Infinity }: Limits = {},
): number | undefined => {
  if (text === undefined) return undefined
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= from && value <= to) return value
  const range = `${from > 0 ? ` from ${from}` : ''}${to < Infinity ? ` up to ${to}` : ''}`
  throw new UsageError(`${name} must be a whole number${range}`)
}
