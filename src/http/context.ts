import type { RunApiErrorCode } from '../errors/run-api-error'
import type { RetryBudget } from '../limits/retry-budget'
import type { Semaphore } from '../limits/semaphore'
import type { HeaderRecord } from '../settings/headers'
import type { Settings } from '../settings/settings'
import type { Transport } from '../transport/transport'
import type { Shutdown } from './shutdown'

/** Shared by the requests of a client. */
export interface HttpContext {
  readonly settings: Settings
  readonly transport: Transport
  readonly connections: Semaphore
  readonly budget: RetryBudget
  readonly shutdown: Shutdown
  readonly authorize: Authorize
  /** Called for each 429 of any request, before that attempt returns its slot. */
  readonly onThrottled?: ((retryAfterMs: number | undefined) => void) | undefined
}

/** Makes the headers of one attempt: synchronously, unless the key comes from a function. */
export type Authorize = (request: ApiRequest) => Authorized | Promise<Authorized>

export interface Authorized {
  readonly headers: HeaderRecord
  /** The values that must not appear in anything that this attempt reports. */
  readonly secrets: readonly string[]
  /** Removes them from a text. */
  readonly redact: (text: string) => string
  /** The source of the key, in words; `undefined` if none is sent. */
  readonly keyFrom: string | undefined
}

/** The outcome of the attempts of one call, as far as the client can know. It only ever grows. */
export interface Delivery {
  /** How many attempts were handed to the transport. */
  attempts: number
  /**
   * The endings of attempts that the service may have carried out: without an answer, with an unreadable one, or
   * with a status that does not say. Empty means that no attempt can have bought anything.
   */
  readonly possiblyReceived: Set<RunApiErrorCode | 'aborted' | 'another_attempt'>
}

export const newDelivery = (): Delivery => ({ attempts: 0, possiblyReceived: new Set() })

/** Every field is present, even if `undefined`: an absent one could come from a polluted prototype. */
export interface ApiRequest {
  /** The call's name, in events and messages. */
  readonly operation: string
  readonly method: 'GET' | 'POST'
  /** Under the base URL, beginning with a slash. */
  readonly path: string
  /** JSON text. */
  readonly body: string | undefined
  /** Beyond the client's own, by lower-case name. */
  readonly headers: HeaderRecord | undefined
  /** Sent as a header, with every attempt. */
  readonly idempotencyKey: string | undefined
  /** Whether sending it twice does no harm: a GET, or a POST with an idempotency key. */
  readonly idempotent: boolean
  /** Whether the service answers it without a key too. */
  readonly keyOptional: boolean
  /** Bounds the attempts of this kind of request. A slot is held for an attempt, never for a pause between two. */
  readonly slots: Semaphore | undefined
  readonly delivery: Delivery
  /** Advice about a status, beyond the advice for every request; `undefined` if there is none. */
  readonly advice: ((status: number) => string | undefined) | undefined
}

export interface RequestLimits {
  /** Follows the caller's signal and the client's end, as `combineSignals` makes it. */
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly maxRetries: number
}

/** A response whose status is a success, body read to its end. */
export interface ApiResponse {
  readonly status: number
  /** The address that answered. */
  readonly url: string
  /** The body as text, as it came. */
  readonly text: string
  /** A text of the service without the secrets that the request carried: it may echo them. */
  redact(text: string): string
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined
  /** A header's value; names in lower case. */
  header(name: string): string | null
}
