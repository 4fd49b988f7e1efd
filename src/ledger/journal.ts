import type { LedgerContext, PurchaseLimits } from '../contract/ledger'
import { ConfigurationError } from '../errors/configuration-error'
import { type Clock, pause, systemClock } from '../platform/clock'
import { sharesPromises } from '../platform/env'
import { createLog } from '../platform/log'
import { own, ownText } from '../platform/own'
import { type Bound, checkedStore, throwIfOver, withStoreTimeout } from './bounded-store'
import { HEADER, type LedgerEntry, type LedgerHeader } from './entries'
import { apply } from './fold'
import { emptyState, type LedgerState } from './ledger-state'
import type { LedgerStore } from './store'

/** A store, and the state that its entries add up to. */
export interface Journal {
  readonly state: LedgerState
  readonly clock: Clock
  attach(context: LedgerContext): void
  /** Bounds work by time and by a signal. */
  bounded<T>(work: (bound: Bound) => Promise<T>, limits?: PurchaseLimits): Promise<T>
  /** Waits for a read that is under way, or else reads: for what the next write decides anyway. */
  catchUp(bound: Bound): Promise<void>
  /** Reads what is new. */
  refresh(bound: Bound): Promise<void>
  /** Appends an entry and reads up to it. */
  write(entry: Exclude<LedgerEntry, LedgerHeader>, bound: Bound): Promise<void>
  /** Bounded work that `idle` waits for. If it fails, that is logged; resolves with whether it went well. */
  inBackground(key: string, work: (bound: Bound) => Promise<void>, timeoutMs?: number): Promise<boolean>
  idle(): Promise<void>
  /** Resolves when what is being written now stands there; `idle` waits for what follows too. */
  settled(): Promise<void>
}

const TIMEOUT_MS = 60_000
const IDLE_AGAIN_MS = 2

export const createJournal = (given: LedgerStore, ownClock: Clock | undefined): Journal => {
  const store = checkedStore(given)
  const state = emptyState()
  // Ids of entries that were appended and not read back yet.
  const unseen = new Set<string>()
  // Not promises: in some runtimes one of a request that has ended never settles.
  const writing = new Set<{ untilMs: number }>()
  let cursor: string | undefined
  let context: LedgerContext = { clock: systemClock, log: createLog(console, () => 'warn') }

  // The read that is under way, if one call may await another's work.
  let reading: Promise<unknown> | undefined

  /** Entries that two calls read count once. */
  const readNew = async (bound: Bound): Promise<boolean> => {
    let news = false
    let pages = 0
    for (;;) {
      const after = cursor
      const page = await store.read(after, bound)
      for (const entry of page.entries) {
        if (!state.hasHeader && own(entry, 'type') !== 'header')
          throw new ConfigurationError(
            'ledger: the store holds something else, not a ledger; choose another location',
          )
        apply(state, entry)
        unseen.delete(ownText(entry, 'id') ?? '')
      }
      news ||= page.entries.length > 0
      if (cursor === after) cursor = page.cursor
      if (page.more !== true || page.cursor === after) return news
      // A store that always promises more must not keep the deadline's timer from running.
      if (++pages % 16 === 0) await pause(systemClock, 0)
    }
  }

  const refresh = (bound: Bound): Promise<boolean> => {
    const read = readNew(bound)
    if (!sharesPromises()) return read
    const shared = read
      .catch(() => {})
      .finally(() => {
        if (reading === shared) reading = undefined
      })
    reading = shared
    return read
  }

  const marked = async <T>(work: () => Promise<T>): Promise<T> => {
    const mark = { untilMs: systemClock.monotonic() + TIMEOUT_MS }
    writing.add(mark)
    try {
      return await work()
    } finally {
      writing.delete(mark)
    }
  }

  const append = async (entry: Exclude<LedgerEntry, LedgerHeader>, bound: Bound): Promise<void> => {
    if (!state.hasHeader) await store.append(HEADER, bound)
    unseen.add(entry.id)
    try {
      await store.append(entry, bound)
      while (unseen.has(entry.id)) {
        // Of many that were appended at once, the first to read reads for all.
        if (reading) {
          await reading
          throwIfOver(bound)
          continue
        }
        if ((await refresh(bound)) || !unseen.has(entry.id)) continue
        throw new ConfigurationError(
          'ledger: store.read() does not show what store.append() has stored; such a store does not fit',
        )
      }
    } finally {
      unseen.delete(entry.id)
    }
  }

  const until = async (busy: () => { untilMs: number }[]): Promise<void> => {
    const isBusy = (): boolean => busy().some(({ untilMs }) => untilMs > systemClock.monotonic())
    while (isBusy()) await pause(systemClock, IDLE_AGAIN_MS)
  }

  const journal: Journal = {
    state,
    get clock() {
      return ownClock ?? context.clock
    },
    attach: (given) => {
      context = given
    },
    bounded: (work, limits = { timeoutMs: TIMEOUT_MS }) => withStoreTimeout(journal.clock, limits, work),
    catchUp: async (bound) => {
      await (reading ?? refresh(bound))
      throwIfOver(bound)
    },
    refresh: async (bound) => void (await refresh(bound)),
    write: (entry, bound) => marked(() => append(entry, bound)),
    inBackground: async (key, work, timeoutMs = TIMEOUT_MS) => {
      try {
        await marked(() => journal.bounded(work, { timeoutMs }))
        return true
      } catch (error) {
        const fields = { idempotencyKey: key, error: error instanceof Error ? error.message : String(error) }
        context.log('error', 'the ledger could not be written', fields)
        return false
      }
    },
    idle: () => until(() => [...writing]),
    settled: () => {
      const now = [...writing]
      return until(() => now.filter((mark) => writing.has(mark)))
    },
  }
  return journal
}
