import { RunApiError } from '../index'

/** The fields that the SDK reads of a call's error. */
export interface CallFacts {
  /** The endpoint's address. */
  url: () => string
  signal: AbortSignal | undefined
  /** Whether the SDK may make the call again. */
  mayRepeat: (error: RunApiError) => boolean
}

const UNSENT = new Set<RunApiError['code']>(['configuration', 'validation'])

/**
 * An error of ours with the marks by which the SDK knows its own (`AISDKError.isInstance`, `APICallError.isInstance`),
 * so that it repeats what it may. It stays the same error, with its class, task and key; other errors stay unchanged.
 */
export const sdkError = (error: unknown, { url, signal, mayRepeat }: CallFacts): unknown => {
  // The caller's own reason is not a failure, even if it is an error of ours.
  if (!RunApiError.is(error) || (signal?.aborted && error === signal.reason)) return error
  mark(error, 'vercel.ai.error')
  if (UNSENT.has(error.code)) return error
  mark(error, 'vercel.ai.error.AI_APICallError')
  const { retryAfterMs, status } = error as { retryAfterMs?: number; status?: number }
  const facts = {
    url: url(),
    // Prompts and signed URLs do not belong into the logs that errors go to.
    requestBodyValues: {},
    statusCode: status,
    responseHeaders: retryAfterMs === undefined ? undefined : { 'retry-after-ms': String(retryAfterMs) },
    isRetryable: mayRepeat(error),
  }
  for (const [name, value] of Object.entries(facts)) hide(error, name, value)
  return error
}

/** Sets one of the SDK's marks, which name the kind of an error across copies of its packages. */
export const mark = (error: RunApiError, name: string): void => hide(error, Symbol.for(name), true)

/** Sets a property that is read by name only, never listed. */
export const hide = (target: object, name: PropertyKey, value: unknown): void => {
  // Without a prototype, because a polluted one may have a `get`.
  const descriptor = { __proto__: null, value, configurable: true, writable: true }
  Object.defineProperty(target, name, descriptor)
}
