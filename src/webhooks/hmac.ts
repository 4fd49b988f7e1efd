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
