import type { Purchase, PurchaseLimits } from '../contract/ledger'
import { RunApiError } from '../errors/run-api-error'
import { type Clock, pause } from '../platform/clock'
import type { Asked } from './fingerprints'
import { checkSame, sameKeyMayExist } from './purchase-errors'

/** A create of this process that has not ended. */
export interface OpenCreate {
  readonly purchase: Purchase
  readonly asked: Asked | undefined
  ended: boolean
  error: unknown
}

const CHECK_AGAIN_MS = 10

/** The creates of this process; for each key, one at a time is sent. */
export const createOpenCreates = (clock: Clock, mayExist: (key: string) => boolean) => {
  const byKey = new Map<string, OpenCreate>()

  /**
   * Waits for a create of the same key. The error that ends it ends this one too, unless it came from outside. Asks again
   * and again, because a promise of another request may never settle in some runtimes.
   */
  const awaitSameKey = async (create: OpenCreate, { timeoutMs, signal }: PurchaseLimits): Promise<void> => {
    const until = clock.monotonic() + timeoutMs
    while (!create.ended && clock.monotonic() < until) await pause(clock, CHECK_AGAIN_MS, signal)
    const { error, purchase } = create
    if (!RunApiError.is(error) || error.code === 'client_closed') return
    if (!mayExist(purchase.key) || error.code === 'unknown_outcome') throw error
    throw sameKeyMayExist(purchase, error)
  }

  return {
    /** Begins a create, after those of the same key. Refuses one that asks for something else than they did. */
    begin: async (
      purchase: Purchase,
      asked: Asked | undefined,
      limits: PurchaseLimits,
    ): Promise<OpenCreate> => {
      const { key } = purchase
      for (let other = byKey.get(key); other; other = byKey.get(key)) {
        checkSame(purchase, asked, { ...other.purchase, asked: other.asked })
        await awaitSameKey(other, limits)
        if (!other.ended) break
      }
      const create: OpenCreate = { purchase, asked, ended: false, error: undefined }
      byKey.set(key, create)
      return create
    },
    settle: (create: OpenCreate, error: unknown): void => {
      create.ended = true
      create.error = error
      const { key } = create.purchase
      if (byKey.get(key) === create) byKey.delete(key)
    },
    has: (key: string): boolean => byKey.has(key),
  }
}
