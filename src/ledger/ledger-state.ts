import type { Tags } from '../contract/ledger'
import type { SpendingLimit } from './entries'
import type { Asked } from './fingerprints'

/**
 * The status of an order. `unknown`: it was or may have been sent, and may have been bought. `bought`: its
 * task is known. `refused`: certainly not bought.
 */
export type OrderStatus = 'unknown' | 'bought' | 'completed' | 'failed' | 'refused' | 'written_off'

/** `open`: it may be under way. `conflict`: the key was another order's. `too_late`: the order had been refused. */
export type AttemptState = 'open' | 'refused' | 'over_limit' | 'conflict' | 'too_late' | 'written_off'

/** One order as the entries tell it. Kept for each order that ever was, so it holds no more than it must. */
export interface OrderRecord {
  readonly key: string
  readonly at: string
  readonly baseUrl: string
  readonly endpoint: string
  readonly model: string | undefined
  /** `undefined` if only the purchase was found. */
  readonly asked: Asked | undefined
  readonly tags: Tags | undefined
  /** The price that is reserved. */
  readonly cents: number | undefined
  /** Only while the order may be sent again. */
  body: Readonly<Record<string, unknown>> | undefined
  /** Only while the task is not known: what was bought once needs no more attempts. */
  attempts: Map<string, AttemptState> | undefined
  task: KnownTask | undefined
  end: 'completed' | 'failed' | undefined
  /** The cost that the service reported. */
  costCents: number | undefined
  tookMs: number | undefined
  error: string | undefined
  writtenOff: string | undefined
  isDone: boolean
  files: readonly unknown[] | undefined
}

/** Of a task what its order does not say. */
export interface KnownTask {
  readonly id: string
  readonly model: string | undefined
  readonly createdAt: string | undefined
  readonly statusPath: string | undefined
}

/** How much of a span of time is used. */
export interface Usage {
  cents: number
  /** Orders without a price that are under way. */
  unpriced: number
}

/** The state that the entries add up to. */
export interface LedgerState {
  /** Whether the header was seen. */
  hasHeader: boolean
  readonly orders: Map<string, OrderRecord>
  /** The keys of tasks that have not ended, by their id. */
  readonly keysByTask: Map<string, string>
  /** By day, by month, and over the ledger's life. */
  readonly usage: Map<string, Usage>
  /** The ids of write-offs: of all entries only these would mean something else when they come again. */
  readonly writeOffs: Set<string>
  /** How long the latest tasks took, oldest first, by endpoint. */
  readonly durations: Map<string, { model: string | undefined; ms: number }[]>
  readonly texts: Map<string, string>
}

export const emptyState = (): LedgerState => ({
  hasHeader: false,
  orders: new Map(),
  keysByTask: new Map(),
  usage: new Map(),
  writeOffs: new Set(),
  durations: new Map(),
  texts: new Map(),
})

export const orderStatusOf = ({ task, end, attempts, writtenOff }: OrderRecord): OrderStatus => {
  if (task) return end ?? 'bought'
  for (const attempt of attempts?.values() ?? []) if (attempt === 'open') return 'unknown'
  return writtenOff === undefined ? 'refused' : 'written_off'
}

/** The cost of an order in US cents: what the service said, else what it quoted. */
export const centsOf = ({ costCents, cents }: OrderRecord): number | undefined => costCents ?? cents

/** The amount that a limit still allows at the time of an order, an ISO 8601 string. */
export const leftOf = ({ usage }: LedgerState, limit: SpendingLimit, at: string): Usage => {
  const { cents, unpriced } = usage.get(spanOf(limit, at)) ?? { cents: 0, unpriced: 0 }
  return { cents: Math.max(0, limit.cents - cents), unpriced }
}

/** Whether a price fits what a limit leaves. */
export const fits = (left: Usage, cents: number | undefined): boolean =>
  // Prices may have fractions of a cent, and their sums then digits that nobody meant.
  cents !== undefined && left.unpriced === 0 && cents <= left.cents + 1e-6

const LIFE = 'life'

const spanOf = ({ per }: SpendingLimit, at: string): string =>
  per === undefined ? LIFE : at.slice(0, per === 'day' ? 10 : 7)

/** What an order adds to the sums; a limit cannot hold if an order under way has no price. */
export const useOf = (order: OrderRecord | undefined): Usage => {
  const status = order && orderStatusOf(order)
  if (!order || status === 'refused' || status === 'written_off' || status === 'failed') return NOTHING
  const cents = centsOf(order)
  if (cents === undefined) return status === 'completed' ? NOTHING : UNPRICED
  return { cents, unpriced: 0 }
}

const NOTHING: Usage = { cents: 0, unpriced: 0 }
const UNPRICED: Usage = { cents: 0, unpriced: 1 }

export const addUse = ({ usage }: LedgerState, at: string, use: Usage, sign: 1 | -1): void => {
  if (use === NOTHING) return
  for (const span of [LIFE, at.slice(0, 7), at.slice(0, 10)]) {
    const sum = usage.get(span) ?? { cents: 0, unpriced: 0 }
    sum.cents += sign * use.cents
    sum.unpriced += sign * use.unpriced
    usage.set(span, sum)
  }
}
