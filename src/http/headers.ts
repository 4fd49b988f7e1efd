import { ConfigurationError } from '../errors/configuration-error'

/** Headers by lower-case name. */
export type HeaderRecord = Record<string, string>

/** Headers as a user gives them. */
export type HeadersInput = Readonly<Record<string, string | undefined>> | Headers

const TOKEN = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
const UNSAFE_VALUE = /[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/

/** Headers by lower-case name; refuses what a runtime would refuse later with the value in its error text. */
export const headerRecord = (input: HeadersInput | undefined): HeaderRecord => {
  const headers: HeaderRecord = Object.create(null)
  if (input === undefined) return headers
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ConfigurationError('headers: must be an object of names and values, or a Headers')
  }
  const entries = input instanceof Headers ? [...input] : Object.entries(input)
  for (const [name, value] of entries) {
    if (value === undefined) continue
    if (!TOKEN.test(name))
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
