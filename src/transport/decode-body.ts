import type { BodyTooLarge } from './transport'

type Decode = (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
  done: (error: Error | null, decoded: Uint8Array) => void,
) => void

/**
 * Undoes the `Content-Encoding` of a whole body. Rejects with a `BodyTooLarge` as soon as more than `maxBytes` come out,
 * and with an error for a body that breaks off and for an encoding that nobody asked for.
 */
export const decodeBody = async (
  bytes: Uint8Array,
  encoding: string,
  maxBytes: number,
): Promise<Uint8Array> => {
  const name = encoding.trim().toLowerCase() || 'identity'
  if (name === 'identity' || bytes.byteLength === 0) return bytes
  const decode = await decoderOf(name, bytes)
  return new Promise((resolve, reject) => {
    decode(bytes, { maxOutputLength: maxBytes }, (error, decoded) => {
      if (!error) resolve(decoded)
      else if ((error as { code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') reject(error)
      else reject({ tooLarge: true } satisfies BodyTooLarge)
    })
  })
}

const decoderOf = async (name: string, [first = 0]: Uint8Array): Promise<Decode> => {
  const { gunzip, inflate, inflateRaw, brotliDecompress } = await import('node:zlib')
  if (name === 'gzip' || name === 'x-gzip') return gunzip
  if (name === 'br') return brotliDecompress
  // Some servers leave the zlib header away, which the standard asks for.
  if (name === 'deflate') return (first & 0x0f) === 8 ? inflate : inflateRaw
  throw new Error('the answer has a Content-Encoding that was not asked for')
}
