import { ConfigurationError } from '../errors/configuration-error'

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

type Bytes = Uint8Array<ArrayBuffer>

/** What is signed: `<id>.<timestamp>.<body>`, a copy over the body's exact bytes. */
export const signedMessage = (id: string, timestamp: string, body: Uint8Array): Bytes => {
  const prefix = new TextEncoder().encode(`${id}.${timestamp}.`)
  const message = new Uint8Array(prefix.length + body.length)
  message.set(prefix)
  message.set(body, prefix.length)
  return message
}

export const sign = async (message: Bytes, key: Bytes): Promise<ArrayBuffer> =>
  crypto.subtle.sign('HMAC', await importKey(key), message)

/** Whether one of the signatures was made with one of the keys. WebCrypto compares them, in constant time. */
export const isSigned = async (
  message: Bytes,
  signatures: readonly Bytes[],
  keys: readonly Bytes[],
): Promise<boolean> => {
  for (const bytes of keys) {
    const key = await importKey(bytes)
    for (const signature of signatures) {
      if (await crypto.subtle.verify('HMAC', key, signature, message)) return true
    }
  }
  return false
}

const importKey = (bytes: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])

/** The bytes of standard base64, padded or not; `undefined` for anything else and for none. */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  // atob alone would forgive whitespace.
  if (!/^[A-Za-z0-9+/]+=*$/.test(text)) return undefined
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

export const toBase64 = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)))
