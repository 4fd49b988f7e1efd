import type { Tags } from '../contract/ledger'
import type { TaskRef } from '../contract/task-ref'
import { ConfigurationError } from '../errors/configuration-error'
import { ownText } from '../platform/own'
import { refuseOption } from '../settings/checks'
import type { SpendingLimit } from './entries'
import type { Asked } from './fingerprints'
import { apply, taskOf } from './fold'
import {
  centsOf,
  emptyState,
  type LedgerState,
  leftOf,
  type OrderRecord,
  type OrderStatus,
  orderStatusOf,
} from './ledger-state'

/** An order of a ledger, as plain data: for `runapi.resume(order)`, dashboards and queues. */
export interface LedgerOrder {
  /** The idempotency key, which names the order. */
  key: string
  /** Its status. */
  status: OrderStatus
  /** Such as `'luma.modifyVideo'`. */
  endpoint: string
  /** The model, if it is known. */
  model?: string
  /** The service that the order went to. */
  baseUrl: string
  /** When it was written down, as an ISO 8601 string. */
  at: string
  /** The caller's labels. */
  tags?: Tags
  /** Its actual or expected cost in US cents; absent if unknown. */
  cents?: number
  /** The parameters that the caller passed, as fingerprints. */
  asked?: Asked
  /** The body, as long as it may have to be sent again. */
  body?: Readonly<Record<string, unknown>>
  /** The task, once it is known. */
  task?: TaskRef
  /** The duration of the task in milliseconds, if it was observed closely. */
  tookMs?: number
  /** Why it failed, was refused or written off, or is unknown. */
  error?: string
  /** Whether `done` was called for it. */
  done: boolean
  /** The `files` that `done` received. */
  files?: readonly unknown[]
}

/** Sums in US cents. */
export interface LedgerSums {
  /** The cost of completed tasks: as the service reports it, else its quote. */
  spentCents: number
  /** The quotes of tasks that are still running. */
  reservedCents: number
  /** The quotes of orders of unknown outcome. */
  unknownCents: number
  /** The number of orders that have neither a price nor a cost; the sums do not include them. */
  unpriced: number
}

/** The sums of a ledger. */
export interface LedgerTotals extends LedgerSums {
  /** The amount that the limit still allows; absent without a limit. */
  leftCents?: number
  /** The sums by the values of the requested tag; orders without it are under the empty string. */
  groups?: Record<string, LedgerSums>
}

export const orderFrom = (record: OrderRecord): LedgerOrder => {
  const { key, at, baseUrl, endpoint, model, tags, asked, body, tookMs, isDone, files } = record
  const cents = centsOf(record)
  const task = taskOf(record)
  const error = errorOf(record)
  return {
    key,
    status: orderStatusOf(record),
    endpoint,
    ...(model !== undefined && { model }),
    baseUrl,
    at,
    ...(tags && { tags }),
    ...(cents !== undefined && { cents }),
    ...(asked && { asked }),
    ...(body && { body }),
    ...(task && { task }),
    ...(tookMs !== undefined && { tookMs }),
    ...(error !== undefined && { error }),
    done: isDone,
    ...(files && { files }),
  }
}

/** The data that `done` stores about files becomes an entry. */
export const checkFiles = (files: unknown): void => {
  if (!Array.isArray(files)) refuseOption('files', 'a list', files)
  try {
    JSON.stringify(files)
  } catch {
    throw new ConfigurationError('files: must be plain data; leave out BigInts, cycles and toJSON methods')
  }
}

/** An error from before the task was known does not belong to an order that was bought after all. */
const errorOf = ({ task, end, error, writtenOff }: OrderRecord): string | undefined =>
  task ? (end === 'failed' ? error : undefined) : (writtenOff ?? error)

/**
 * Turns a store's entries into orders, in their order: a pure function, for dashboards and audits. Entries of kinds that
 * this release does not know change nothing.
 *
 * @throws {ConfigurationError} for entries of a newer version
 *
 * @example
 * const { entries } = await store.read(undefined, { signal })
 * const failed = foldLedger(entries).filter((order) => order.status === 'failed')
 */
export const foldLedger = (entries: Iterable<unknown>): LedgerOrder[] => {
  const state = emptyState()
  for (const entry of entries) apply(state, entry)
  return [...state.orders.values()].map(orderFrom)
}

export const totalsOf = (
  state: LedgerState,
  { by, limit, at }: { by: string | undefined; limit: SpendingLimit | undefined; at: string },
): LedgerTotals => {
  const all = noSums()
  const groups = new Map<string, LedgerSums>()
  for (const order of state.orders.values()) {
    add(all, order)
    if (by === undefined) continue
    const name = ownText(order.tags, by) ?? ''
    const group = groups.get(name) ?? noSums()
    groups.set(name, group)
    add(group, order)
  }
  return {
    ...rounded(all),
    ...(limit && { leftCents: cleanCents(leftOf(state, limit, at).cents) }),
    ...(by !== undefined && {
      groups: Object.fromEntries([...groups].map(([name, sums]) => [name, rounded(sums)])),
    }),
  }
}

const noSums = (): LedgerSums => ({ spentCents: 0, reservedCents: 0, unknownCents: 0, unpriced: 0 })

const add = (sums: LedgerSums, order: OrderRecord): void => {
  const status = orderStatusOf(order)
  const cents = centsOf(order)
  if (status === 'refused' || status === 'written_off' || status === 'failed') return
  if (cents === undefined) sums.unpriced += 1
  else if (status === 'completed') sums.spentCents += cents
  else if (status === 'bought') sums.reservedCents += cents
  else sums.unknownCents += cents
}

/** Without the digits that sums of fractions add. */
export const cleanCents = (cents: number): number => Math.round(cents * 1e6) / 1e6

const rounded = (sums: LedgerSums): LedgerSums => ({
  spentCents: cleanCents(sums.spentCents),
  reservedCents: cleanCents(sums.reservedCents),
  unknownCents: cleanCents(sums.unknownCents),
  unpriced: sums.unpriced,
})
