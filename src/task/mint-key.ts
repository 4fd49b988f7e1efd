import type { CreateOptions } from '../options'
import { own } from '../own'

/** A fresh idempotency key. Not `randomUUID`: pages on plain http have none. */
export const mintKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )

/** The caller's own key, from the option or from a header of the call; checked later, where a refusal can reject. */
export const givenKey = (options: CreateOptions | undefined): unknown => {
  const headers = own(options, 'headers')
  return (
    own(options, 'idempotencyKey') ??
    (headers instanceof Headers ? headers.get(HEADER) : keyIn(headers)) ??
    undefined
  )
}

const HEADER = 'idempotency-key'

const keyIn = (headers: unknown): unknown =>
  typeof headers === 'object' && headers !== null
    ? Object.entries(headers).find(([name]) => name.toLowerCase() === HEADER)?.[1]
    : undefined
