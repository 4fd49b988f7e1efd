import type { PurchaseLimits } from '../contract/ledger'
import { ConfigurationError } from '../errors/configuration-error'
import { RequestTimeoutError } from '../errors/request-timeout-error'
import { RunApiError } from '../errors/run-api-error'
import { fieldOf, safeCause, sanitizeMessage } from '../http/redact'
import { after, type Clock, systemClock } from '../platform/clock'
import { abortWith, onAbort, throwIfAborted } from '../platform/on-abort'
import type { LedgerPage, LedgerStore } from './store'

// A store works in real time, also where the client's clock is a test's: that would jump over the time a disk takes.
const REAL_GRACE_MS = 2_000

/**
 * What `work` gives, unless its time is up or the signal aborts first. Its own signal aborts then, and it may come to its
 * end unseen.
 */
export const within = async <T>(
  clock: Clock,
  { timeoutMs, signal }: PurchaseLimits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  throwIfAborted(signal)
  const controller = new AbortController()
  let release = (): void => {}
  const ended = new Promise<never>((_, reject) => {
    const end = (reason: unknown): void => {
      reject(reason)
      abortWith(controller, reason)
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
    return await Promise.race([ended, work(controller.signal)])
  } finally {
    release()
  }
}

const lateError = (timeoutMs: number): RequestTimeoutError =>
  new RequestTimeoutError(
    `ledger: it did not answer within ${timeoutMs} ms; see to its store and to the price, or give a longer timeoutMs`,
  )

/** A user's store, whose failures become typed errors and whose answers are checked. */
export const checkedStore = (store: LedgerStore): LedgerStore => ({
  append: (entry, { signal }) => attempt(signal, 'append', () => store.append(entry, { signal })),
  read: async (after, { signal }) => {
    const page: LedgerPage = await attempt(signal, 'read', () => store.read(after, { signal }))
    if (Array.isArray((page as LedgerPage | undefined)?.entries)) return page
    throw new ConfigurationError(
      'ledger: store.read() must give { entries, cursor }, as LedgerStore describes it',
    )
  },
})

const attempt = async <T>(signal: AbortSignal, verb: string, work: () => Promise<T>): Promise<T> => {
  throwIfAborted(signal)
  try {
    return await work()
  } catch (error) {
    throwIfAborted(signal)
    if (RunApiError.is(error)) throw error
    const message = fieldOf(error, 'message') ?? error
    const why = typeof message === 'string' ? sanitizeMessage(message) : 'it threw no error'
    throw new ConfigurationError(`ledger: the store could not ${verb}: ${why}`, {
      cause: safeCause(error, []),
    })
  }
}
