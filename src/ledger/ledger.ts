import type { Ledger } from '../contract/ledger'
import { isTerminal } from '../contract/task-state'
import { ConfigurationError } from '../errors/configuration-error'
import { ownFields, ownText } from '../platform/own'
import { sanitizeMessage } from '../platform/sanitize'
import { checkFlag, checkOptions, refuseOption } from '../settings/checks'
import { type LedgerEntry, type LedgerHeader, newId } from './entries'
import { contentDigest } from './fingerprints'
import { createJournal } from './journal'
import { checkLedgerOptions, type LedgerOptions } from './ledger-options'
import { type OrderRecord, orderStatusOf } from './ledger-state'
import { checkFiles, cleanCents, type LedgerOrder, type LedgerTotals, orderFrom, totalsOf } from './orders'
import { createPrices } from './price'
import { STALE_MS } from './purchase-errors'
import { createPurchases } from './purchases'
import type { LedgerStore } from './store'

/** A ledger: pass it to `new RunApiClient({ ledger })`. */
export interface OpenLedger extends Ledger {
  /**
   * Lists the open orders: bought and still running, completed but not yet `done`, and of unknown outcome. Unknown orders
   * older than a day are left out, because the service may have forgotten their keys; `stale: true` includes them.
   */
  unfinished(options?: { stale?: boolean | undefined }): Promise<LedgerOrder[]>
  /** Returns the order of a key; `undefined` if the ledger has none. */
  order(key: string): Promise<LedgerOrder | undefined>
  /**
   * Acknowledges a result: `unfinished()` no longer lists the order. Call it when the videos are where you want them.
   * `files` is plain data that the ledger stores for you.
   *
   * @throws {ConfigurationError} for a key whose task is not known
   */
  done(key: string, options?: { files?: readonly unknown[] | undefined }): Promise<void>
  /**
   * Decides that an order of unknown outcome bought nothing, and frees its reservation. If its task shows up after all, it
   * counts again.
   *
   * @throws {ConfigurationError} for a key whose outcome is known
   */
  writeOff(key: string, reason: string): Promise<void>
  /** Sums up the money spent, reserved and left; `by` names a tag to group by. */
  totals(options?: { by?: string | undefined }): Promise<LedgerTotals>
  /** Returns the durations of the latest tasks in milliseconds, oldest first: for `schedules.fitted`. */
  durations(filter: { endpoint: string; model?: string | undefined }): Promise<number[]>
}

/**
 * Opens a ledger on a store. Nothing is read before it is used.
 *
 * @throws {ConfigurationError} for a limit that is not a number of cents, or a store that is not one
 *
 * @example
 * const ledger = openLedger(fileStore('videos.jsonl'), { limit: { cents: 2_000, per: 'day' } })
 * const runapi = new RunApiClient({ ledger })
 */
export const openLedger = (store: LedgerStore, options?: LedgerOptions): OpenLedger => {
  const { limit, priceCents, clock } = checkLedgerOptions(options)
  const journal = createJournal(checkStore(store), clock)
  const { state, bounded, inBackground } = journal
  // Keys whose end is being written.
  const ending = new Set<string>()

  /** The store's state, including everything that this process has written so far. */
  const current = <T>(read: () => T): Promise<T> =>
    bounded(async (bound) => {
      await journal.settled()
      await journal.refresh(bound)
      return read()
    })

  /** Writes what `entryOf` makes of the order as it stands. */
  const decideOn = (
    key: string,
    entryOf: (order: OrderRecord | undefined) => Exclude<LedgerEntry, LedgerHeader> | undefined,
  ): Promise<void> =>
    bounded(async (bound) => {
      await journal.refresh(bound)
      const entry = entryOf(state.orders.get(key))
      if (entry) await journal.write(entry, bound)
    })

  const keyOf = (taskId: string, idempotencyKey: string | undefined): string | undefined => {
    const known = state.keysByTask.get(taskId)
    if (known !== undefined || idempotencyKey === undefined) return known
    const order = state.orders.get(idempotencyKey)
    return order && (order.task?.id ?? taskId) === taskId ? idempotencyKey : undefined
  }

  const ended: Ledger['ended'] = (task, seen, tookMs) => {
    if (!isTerminal(seen)) return
    void inBackground(task.idempotencyKey ?? task.id, async (bound) => {
      await journal.refresh(bound)
      const key = keyOf(task.id, ownText(task, 'idempotencyKey'))
      if (key === undefined || ending.has(key) || state.orders.get(key)?.end) return
      ending.add(key)
      try {
        const base = { id: newId(), key }
        const cents =
          seen.status === 'completed' && seen.costUsd !== undefined
            ? cleanCents(seen.costUsd * 100)
            : undefined
        await journal.write(
          seen.status === 'failed'
            ? { ...base, type: 'failed', message: sanitizeMessage(String(seen.error?.message)) }
            : {
                ...base,
                type: 'completed',
                ...(cents !== undefined && { cents }),
                ...(tookMs !== undefined && { tookMs: Math.round(tookMs) }),
              },
          bound,
        )
      } finally {
        ending.delete(key)
      }
    })
  }

  const { intend, isInFlight, mayExist } = createPurchases(journal, {
    limit,
    priceOf: createPrices(priceCents),
    alwaysPriced: priceCents !== undefined,
    ended,
  })

  return {
    attach: journal.attach,
    digest: contentDigest,
    intend,
    mayExist,
    idle: journal.idle,
    ended,
    unfinished: async (given) => {
      const stale = checkFlag(
        'stale',
        ownFields(checkOptions('options', given, { stale: true })).stale ?? false,
      )
      return current(() => {
        const freshFrom = journal.clock.now() - STALE_MS
        const isOpen = (order: OrderRecord): boolean => {
          const status = orderStatusOf(order)
          if (status === 'unknown') return stale || Date.parse(order.at) >= freshFrom
          return (status === 'bought' || status === 'completed') && !order.isDone
        }
        return [...state.orders.values()].filter(isOpen).map(orderFrom)
      })
    },
    order: (key) =>
      current(() => {
        const order = state.orders.get(key)
        return order && orderFrom(order)
      }),
    done: async (key, given) => {
      const { files } = ownFields(checkOptions('options', given, { files: true }))
      if (files !== undefined) checkFiles(files)
      return decideOn(key, (order) => {
        if (!order?.task) refuseKey(key, order, 'has no task yet, so nothing of it can be done')
        if (order?.isDone) return undefined
        return { id: newId(), type: 'done', key, ...(files && { files: [...files] }) }
      })
    },
    writeOff: (key, reason) =>
      decideOn(key, (order) => {
        if (typeof reason !== 'string' || reason.trim() === '')
          refuseOption('reason', 'text that says why', reason)
        if (!order || orderStatusOf(order) !== 'unknown')
          refuseKey(key, order, 'is not one of unknown outcome')
        if (isInFlight(key)) refuseKey(key, order, 'is being sent right now; wait for the create')
        return { id: newId(), type: 'written_off', key, reason }
      }),
    totals: async (given) => {
      const { by } = ownFields(checkOptions('options', given, { by: true }))
      if (by !== undefined && typeof by !== 'string') refuseOption('by', 'the name of a tag', by)
      return current(() => totalsOf(state, { by, limit, at: new Date(journal.clock.now()).toISOString() }))
    },
    durations: async (given) => {
      const { endpoint, model } = ownFields(checkOptions('filter', given, { endpoint: true, model: true }))
      if (typeof endpoint !== 'string')
        return refuseOption('endpoint', "a name such as 'luma.modifyVideo'", endpoint)
      return current(() =>
        (state.durations.get(endpoint) ?? [])
          .filter((each) => model === undefined || each.model === model)
          .map(({ ms }) => ms),
      )
    },
  }
}

const refuseKey = (key: string, order: OrderRecord | undefined, why: string): never => {
  throw new ConfigurationError(
    order
      ? `ledger: the order ${key} (${orderStatusOf(order)}) ${why}`
      : `ledger: there is no order of the key ${String(key)}`,
  )
}

const checkStore = (store: LedgerStore): LedgerStore => {
  const fits = typeof store?.append === 'function' && typeof store.read === 'function'
  return fits ? store : refuseOption('store', 'an object with append and read, such as fileStore()', store)
}
