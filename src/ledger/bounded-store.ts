import type { PurchaseLimits } from '../contract/ledger'
import { ConfigurationError } from '../errors/configuration-error'
import { RequestTimeoutError } from '../errors/request-timeout-error'
import { RunApiError } from '../errors/run-api-error'
import { fieldOf, safeCause } from '../http/redact'
import { after, type Clock, systemClock } from '../platform/clock'
import { abortReason, abortWith, onAbort, throwIfAborted } from '../platform/on-abort'
import { sanitizeMessage } from '../platform/sanitize'
import type { LedgerPage, LedgerStore } from './store'

// A store works in real time, even if the client's clock is a test's: that would jump over the time a disk takes.
const REAL_GRACE_MS = 2_000

/** The options of a store's calls. Their signal is made when somebody asks for it: it costs as much as a store's work. */
export interface Bound {
  readonly signal: AbortSignal
  /** Why the work is over, if it is. */
  over: { readonly reason: unknown } | undefined
}

/** Why work with these options is over, if it is; makes no signal. */
export const overOf = (options: Bound | { readonly signal: AbortSignal }): Bound['over'] => {
  if ('over' in options) return options.over
  return options.signal.aborted ? { reason: abortReason(options.signal) } : undefined
}

export const throwIfOver = ({ over }: Bound): void => {
  if (over) throw over.reason
}

/**
 * Returns the result of `work`, unless its time is up or the signal aborts first. Its own signal aborts then, and it may come to its
 * end unseen.
 */
export const withStoreTimeout = async <T>(
  clock: Clock,
  { timeoutMs, signal }: PurchaseLimits,
  work: (bound: Bound) => Promise<T>,
): Promise<T> => {
  throwIfAborted(signal)
  let controller: AbortController | undefined
  const bound: Bound = {
    over: undefined,
    get signal() {
      if (controller) return controller.signal
      controller = new AbortController()
      if (bound.over) abortWith(controller, bound.over.reason)
      return controller.signal
    },
  }
  let release = (): void => {}
  const ended = new Promise<never>((_, reject) => {
    const end = (reason: unknown): void => {
      reject(reason)
      bound.over ??= { reason }
      if (controller) abortWith(controller, reason)
    }
    const armed = (): (() => void) => after(clock, timeoutMs, () => end(lateError(timeoutMs)))
    let cancel =
      clock === systemClock
        ? armed()
        : after(systemClock, Math.min(timeoutMs, REAL_GRACE_MS), () => {
            cancel = armed()
          })
    const forget = signal && onAbort(signal, end)
    release = () => {
      cancel()
      forget?.()
    }
  })
  try {
    return await Promise.race([ended, work(bound)])
  } finally {
    release()
  }
}

const lateError = (timeoutMs: number): RequestTimeoutError =>
  new RequestTimeoutError(
    `ledger: it did not answer within ${timeoutMs} ms; check the store and priceCents, or give a longer timeoutMs`,
  )

/** A store whose calls are bounded. */
interface CheckedStore {
  append(entry: object, bound: Bound): Promise<void>
  read(after: string | undefined, bound: Bound): Promise<LedgerPage>
}

/** A user's store, whose failures become typed errors and whose answers are checked. */
export const checkedStore = (store: LedgerStore): CheckedStore => ({
  append: (entry, bound) => attempt(bound, 'append', () => store.append(entry, bound)),
  read: async (after, bound) => {
    const page: LedgerPage = await attempt(bound, 'read', () => store.read(after, bound))
    if (Array.isArray((page as LedgerPage | undefined)?.entries)) return page
    throw new ConfigurationError(
      'ledger: store.read() must give { entries, cursor }, as LedgerStore describes it',
    )
  },
})

const attempt = async <T>(bound: Bound, verb: string, work: () => Promise<T>): Promise<T> => {
  throwIfOver(bound)
  try {
    return await work()
  } catch (error) {
    throwIfOver(bound)
    if (RunApiError.is(error)) throw error
    const message = fieldOf(error, 'message') ?? error
    const why = typeof message === 'string' ? sanitizeMessage(message) : 'it threw no error'
    throw new ConfigurationError(`ledger: the store could not ${verb}: ${why}`, {
      cause: safeCause(error, []),
    })
  }
}
