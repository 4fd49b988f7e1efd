import { jsonArgument, parseJson } from './json-argument'
import { fieldOfFlag, flagValue } from './param-flags'
import { UsageError } from './usage-error'

/** What a command line says about parameters. */
export interface GivenParams {
  /** A JSON object. */
  json: string | undefined
  /** A file, or `-`. */
  file: string | undefined
  flags: readonly { name: string; value: string }[]
}

/** The parameters of a create: the JSON's, under those that have a flag of their own. */
export const readParams = async (
  { json, file, flags }: GivenParams,
  signal: AbortSignal,
): Promise<object> => {
  if (json !== undefined && file !== undefined)
    throw new UsageError('the parameters are given twice: pass --json, --params or -, and only one of them')
  const fromFlags = paramsIn(flags)
  const base = json !== undefined ? parseJson('--json', json) : file && (await jsonArgument(file, signal))
  return { ...asObject(base ?? {}), ...fromFlags }
}

export const asObject = (value: unknown, from = 'the parameters'): object => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new UsageError(`${from} must be a JSON object`)
}

const paramsIn = (flags: GivenParams['flags']): Record<string, unknown> => {
  const params: Record<string, unknown> = {}
  for (const { name, value } of flags) {
    const field = fieldOfFlag(name)
    if (field === undefined) continue
    // Which of them was meant decides over money.
    if (field in params) throw new UsageError(`--${name}: ${field} is given twice`)
    params[field] = flagValue(field, value)
  }
  return params
}
