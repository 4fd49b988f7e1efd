import { ConfigurationError } from '../errors/configuration-error'
import { fromBase64 } from './base64'

/** The HMAC keys in one Callback Secret or in several. No message holds a character of a secret. */
export const keysOf = (secrets: string | readonly string[]): Uint8Array<ArrayBuffer>[] =>
  Array.isArray(secrets) && secrets.length > 0 ? Array.from(secrets, keyOf) : [keyOf(secrets)]

export const keyOf = (secret: unknown): Uint8Array<ArrayBuffer> => {
  const text = typeof secret === 'string' ? secret.trim() : ''
  const key = fromBase64(text.replace(/^whsec_/, ''))
  if (key) return key
  throw new ConfigurationError(
    `the webhook secret is ${text === '' ? 'missing' : 'no base64'}: pass the account's Callback Secret as a string, or several in an array`,
  )
}
