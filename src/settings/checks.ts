import { ConfigurationError } from '../errors/configuration-error'

const show = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'boolean' || value === null ? String(value) : typeof value

/** Throws the `ConfigurationError` of an option with a wrong value; strings are not shown, they may be secrets. */
export const refuseOption = (name: string, rule: string, value: unknown): never => {
  throw new ConfigurationError(`${name}: must be ${rule} (received ${show(value)})`)
}

/** A number of milliseconds above 0. */
export const checkMs = (name: string, value: unknown, { infinite = false } = {}): number => {
  const fits = typeof value === 'number' && value > 0 && (infinite || value !== Infinity)
  if (fits) return value
  return refuseOption(name, `a number of milliseconds above 0${infinite ? ', or Infinity' : ''}`, value)
}

/** A whole number, at least `least`. */
export const checkCount = (name: string, value: unknown, least: number): number => {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number
  return refuseOption(name, `a whole number, at least ${least}`, value)
}

export const checkFunction = <T>(name: string, value: T): T =>
  typeof value === 'function' ? value : refuseOption(name, 'a function', value)

export const checkFlag = (name: string, value: unknown): boolean =>
  typeof value === 'boolean' ? value : refuseOption(name, 'true or false', value)

export const checkSignal = (value: AbortSignal): AbortSignal => {
  const fits =
    typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value
  return fits ? value : refuseOption('signal', 'an AbortSignal', value)
}

/** An object of options, not a number or a text that slipped into its place. */
export const checkOptions = <T extends object>(name: string, value: T | undefined): T | undefined => {
  if (value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value)))
    return value
  return refuseOption(name, 'an object', value)
}

/** A header value that names one thing to the service: 1 to 512 printable ASCII characters, none a space at an end. */
export const checkToken = (name: string, value: unknown): string => {
  if (typeof value === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?$/.test(value)) return value
  throw new ConfigurationError(
    `${name}: must be 1 to 512 printable ASCII characters without a space at either end; hash or encode other text first`,
  )
}
