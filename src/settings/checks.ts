import { ConfigurationError } from '../errors/configuration-error'
import type { Clock } from '../platform/clock'
import { nearestName } from '../platform/nearest-name'

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

export const checkClock = (clock: Clock): Clock => {
  const fits = [clock?.now, clock?.monotonic, clock?.sleep].every((method) => typeof method === 'function')
  return fits ? clock : refuseOption('clock', 'an object with now, monotonic and sleep', clock)
}

/** Refuses a clock that does not return times: a date or a deadline from it would fail after the purchase. */
export const checkTime = (clock: Clock): void => {
  for (const ms of [clock.now(), clock.monotonic()]) {
    // The largest time of a Date.
    if (typeof ms !== 'number' || !(Math.abs(ms) <= 8.64e15))
      refuseOption('clock', 'one that gives milliseconds', ms)
  }
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

/** Every option of one kind of call, so that an unknown one is detected. */
export type OptionNames<T> = Readonly<Record<keyof T, true>>

/**
 * An object of options, not a number or a text that slipped into its place. With `known`, an option that does not exist
 * is refused: passed over in silence, `idempotency_key` would buy twice.
 */
export const checkOptions = <T extends object>(
  name: string,
  value: T | undefined,
  known?: OptionNames<T>,
): T | undefined => {
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuseOption(name, 'an object', value)
  if (known)
    for (const option of Object.keys(value)) if (!Object.hasOwn(known, option)) refuseName(option, known)
  return value
}

/** A copy of the labels of a purchase, each of which is text. */
export const checkTags = <T extends object>(value: T | undefined): T | undefined => {
  const tags = checkOptions('tags', value)
  for (const [name, text] of Object.entries(tags ?? {}))
    if (typeof text !== 'string') refuseOption(`tags.${name}`, 'text', text)
  return tags && { ...tags }
}

const refuseName = (option: string, known: object): never => {
  const names = Object.keys(known)
  const nearest = nearestName(option, names)
  const advice =
    nearest === undefined ? `the options here are ${names.join(', ')}` : `did you mean ${nearest}?`
  throw new ConfigurationError(`${option.slice(0, 100)}: there is no such option; ${advice}`)
}

/** Refuses a key passed as `undefined`: an order without an id must not silently buy a second time. */
export const refuseUndefinedKey = (options: unknown): void => {
  const isGiven = typeof options === 'object' && options !== null && Object.hasOwn(options, 'idempotencyKey')
  if (isGiven && (options as { idempotencyKey: unknown }).idempotencyKey === undefined) throw undefinedKey()
}

/** The error of a key passed as `undefined`. */
export const undefinedKey = (): ConfigurationError =>
  new ConfigurationError(
    'idempotencyKey: is given as undefined, so the order may have lost its id; pass the id, or leave the option out ' +
      'to buy under a new key',
  )

/** A header value that names one thing to the service: 1 to 512 printable ASCII characters, none a space at an end. */
export const checkToken = (name: string, value: unknown): string => {
  if (typeof value === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?$/.test(value)) return value
  throw new ConfigurationError(
    `${name}: must be 1 to 512 printable ASCII characters without a space at either end; hash or encode other text first`,
  )
}
