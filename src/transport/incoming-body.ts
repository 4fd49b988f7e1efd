import { concatenate } from './concatenate'
import type { BodyTooLarge } from './transport'

// What may wait for a reader, and what is taken from an answer that nobody wants, to keep its connection.
const UNREAD_BYTES = 64 * 1024

/** What steers the connection that the body comes from. */
export interface Tap {
  pause(): void
  resume(): void
  /** Gives the rest of the body up, and the connection with it. */
  stop(): void
}

/** The body of one answer, gathered as it comes. */
export interface IncomingBody {
  add(chunk: Uint8Array): void
  end(): void
  fail(error: unknown): void
  /** The whole body; rejects with a `BodyTooLarge` as soon as more than `maxBytes` have come. */
  read(maxBytes: number): Promise<Uint8Array>
  discard(): void
}

export const incomingBody = (tap: Tap): IncomingBody => {
  const chunks: Uint8Array[] = []
  let size = 0
  let outcome: 'ended' | { error: unknown } | undefined
  let settle: (() => void) | undefined

  const finish = (how: NonNullable<typeof outcome>): void => {
    outcome ??= how
    settle?.()
  }
  const read = (maxBytes: number): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      settle = () => {
        if (size > maxBytes) {
          chunks.length = 0
          reject({ tooLarge: true } satisfies BodyTooLarge)
          if (!outcome) tap.stop()
        } else if (outcome === 'ended') resolve(concatenate(chunks, size))
        else if (outcome) reject(outcome.error)
      }
      settle()
      if (size > UNREAD_BYTES && !outcome) tap.resume()
    })
  return {
    add: (chunk) => {
      size += chunk.byteLength
      chunks.push(chunk)
      if (settle) settle()
      else if (size > UNREAD_BYTES) tap.pause()
    },
    end: () => finish('ended'),
    fail: (error) => finish({ error }),
    read,
    discard: () => {
      read(UNREAD_BYTES).catch(() => {})
    },
  }
}
