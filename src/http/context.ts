import type { RetryBudget } from '../limits/retry-budget'
import type { Semaphore } from '../limits/semaphore'
import type { HeaderRecord } from '../settings/headers'
import type { Settings } from '../settings/settings'
import type { Transport } from '../transport/transport'
import type { Shutdown } from './shutdown'

/** What the requests of a client share. */
export interface HttpContext {
  readonly settings: Settings
  readonly transport: Transport
  readonly connections: Semaphore
  readonly budget: RetryBudget
  readonly shutdown: Shutdown
}

/** What became of the attempts of one call, as far as the client can know. */
export interface Delivery {
  /** An attempt was handed to the transport. */
  sent: boolean
  /** An attempt that got no answer may have reached the service. */
  possiblyReceived: boolean
}

export const newDelivery = (): Delivery => ({ sent: false, possiblyReceived: false })

export interface ApiRequest {
  /** What the request is for, in events and messages. */
  readonly operation: string
  readonly method: 'GET' | 'POST'
  /** Under the base URL, beginning with a slash. */
  readonly path: string
  /** The serialised body. */
  readonly json?: string
  /** Beyond the client's own. */
  readonly headers?: HeaderRecord
  /** Whether sending it twice does no harm: a GET, or a POST with an idempotency key. */
  readonly idempotent: boolean
  /** Whether the service answers it without a key too. */
  readonly keyOptional?: boolean
  readonly delivery: Delivery
}

export interface RequestLimits {
  /** Follows the caller's signal and the client's end, as `linkSignals` makes it. */
  signal: AbortSignal
  timeoutMs: number
  maxRetries: number
}
