import type { HeadersInput } from '../contract/options'
import { ConfigurationError } from '../errors/configuration-error'

/** Headers by lower-case name. */
export type HeaderRecord = Record<string, string>

const TOKEN = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
const UNSAFE_VALUE = /[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/

/** Names and values. Iterated if that is possible: a `Headers` of another library is not an `instanceof Headers`. */
export const headerEntries = (input: object): [unknown, unknown][] =>
  Symbol.iterator in input ? [...(input as Iterable<[unknown, unknown]>)] : Object.entries(input)

/** Headers by lower-case name; refuses what a runtime would refuse later with the value in its error text. */
export const headerRecord = (input: HeadersInput | undefined): HeaderRecord => {
  const headers: HeaderRecord = Object.create(null)
  if (input === undefined) return headers
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ConfigurationError('headers: must be an object of names and values, or a Headers')
  }
  for (const [name, value] of headerEntries(input)) {
    if (value === undefined) continue
    if (typeof name !== 'string' || !TOKEN.test(name))
      throw new ConfigurationError('headers: a name holds a character that HTTP does not allow')
    if (typeof value !== 'string' || UNSAFE_VALUE.test(value)) {
      throw new ConfigurationError(
        `headers: the value of ${name} must be a string without line breaks, control or non-Latin-1 characters`,
      )
    }
    headers[name.toLowerCase()] = value.trim()
  }
  return headers
}
