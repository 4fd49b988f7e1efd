import type { Intent, Ledger, OpenIntent, Purchase, PurchaseLimits } from '../contract/ledger'
import type { TaskRef } from '../contract/task-ref'
import { ConfigurationError } from '../errors/configuration-error'
import { RunApiError } from '../errors/run-api-error'
import { pause } from '../platform/clock'
import { ownText } from '../platform/own'
import { checkFlag } from '../settings/checks'
import { type Bound, throwIfOver } from './bounded-store'
import { type IntendedEntry, newId, type SpendingLimit } from './entries'
import { fingerprintsOf } from './fingerprints'
import { apply, taskOf } from './fold'
import type { Journal } from './journal'
import { fits, leftOf, orderStatusOf } from './ledger-state'
import { createOpenCreates, type OpenCreate } from './open-creates'
import { cleanCents } from './orders'
import type { createPrices } from './price'
import { checkOrder, earlierMayExist, type Left, noPrice, overLimit, wordsOf } from './purchase-errors'

interface PurchasesInit {
  limit: SpendingLimit | undefined
  priceOf: ReturnType<typeof createPrices>
  /** Whether orders have a price also without a limit. */
  alwaysPriced: boolean
  ended: Ledger['ended']
}

/** The time limits of a price. */
interface Pricing {
  readonly limits: PurchaseLimits
  readonly bound: Bound
}

const READ_AGAIN_MS = 200
// The rest of the time is for the words that say how to give a price.
const PRICE_SHARE = 0.8

/** The client's calls before and after each create. */
export const createPurchases = (journal: Journal, { limit, priceOf, alwaysPriced, ended }: PurchasesInit) => {
  const { state, write, inBackground } = journal
  // Attempts that may stand in the store as open, and were never sent.
  const unsent = new Set<string>()

  const mayExist = (key: string): boolean => {
    const order = state.orders.get(key)
    if (!order || order.task) return order !== undefined
    return [...(order.attempts ?? [])].some(([name, how]) => how === 'open' && !unsent.has(name))
  }

  const openCreates = createOpenCreates(journal.clock, mayExist)

  const intend = async (purchase: Purchase, limits: PurchaseLimits): Promise<Intent> => {
    const { request } = purchase
    if (purchase.resendUnknown !== undefined) checkFlag('resendUnknown', purchase.resendUnknown)
    const asked = request && fingerprintsOf(request.asked)
    const create = await openCreates.begin(purchase, asked, limits)
    try {
      const intent = await journal.bounded((bound) => decide(create, bound, limits), limits)
      if (intent.task) openCreates.settle(create, undefined)
      return intent
    } catch (thrown) {
      const error = withOpenOutcome(create, thrown, limits)
      openCreates.settle(create, error)
      throw error
    }
  }

  /** An error from before the create was sent says nothing about an earlier attempt, which may have bought. */
  const withOpenOutcome = (
    { purchase, asked }: OpenCreate,
    error: unknown,
    { signal }: PurchaseLimits,
  ): unknown => {
    const order = state.orders.get(purchase.key)
    const isEnd = !RunApiError.is(error) || error.code === 'unknown_outcome' || signal?.aborted
    if (isEnd || !order || !mayExist(purchase.key)) return error
    try {
      checkOrder(purchase, asked, order, journal.clock.now())
    } catch {
      // It is another order than that of the key.
      return error
    }
    return earlierMayExist(purchase, error)
  }

  const decide = async (create: OpenCreate, bound: Bound, limits: PurchaseLimits): Promise<Intent> => {
    const { purchase, asked } = create
    const { key } = purchase
    for (;;) {
      await journal.catchUp(bound)
      const order = state.orders.get(key)
      if (order) checkOrder(purchase, asked, order, journal.clock.now())
      const task = order && taskOf(order)
      if (task) return { task }
      const attempt = newId()
      const entry =
        order && orderStatusOf(order) === 'unknown'
          ? ({ id: newId(), type: 'sent', key, attempt } as const)
          : await intentOf(create, attempt, { limits, bound })
      unsent.add(attempt)
      try {
        await write(entry, bound)
        throwIfOver(bound)
        unsent.delete(attempt)
      } catch (error) {
        void takeBack(key, attempt, error)
        throw error
      }
      const now = state.orders.get(key)
      const known = now && taskOf(now)
      if (known) return { task: known }
      const verdict = now?.attempts?.get(attempt)
      if (now && verdict === 'open') return openIntent(create, attempt, now.body ?? {}, limits)
      if (verdict === 'over_limit' && entry.type === 'intended') throw overLimit(entry, leftNow())
      // Another process came first; what it wrote decides in the next round.
    }
  }

  /** The entry may still be written, wholly or in part. Nothing was sent. */
  const takeBack = async (key: string, attempt: string, reason: unknown): Promise<void> => {
    const entry = { id: newId(), type: 'refused', key, attempt, error: wordsOf(reason) } as const
    try {
      await journal.bounded((bound) => write(entry, bound))
      unsent.delete(attempt)
    } catch {
      // The create has failed with the same store's error, and the order counts as unknown if it stands there.
    }
  }

  const intentOf = async (
    { purchase, asked }: OpenCreate,
    attempt: string,
    pricing: Pricing,
  ): Promise<IntendedEntry> => {
    const { key, endpoint, baseUrl, tags, request } = purchase
    if (!request || !asked) {
      throw new ConfigurationError(
        `resume: the ledger has no open order of the key ${key}; a new create with this key buys it`,
      )
    }
    const body = JSON.parse(request.json) as Record<string, unknown>
    const cents = limit || alwaysPriced ? await priceFor(purchase, body, pricing) : undefined
    const model = ownText(body, 'model')
    const entry: IntendedEntry = {
      id: newId(),
      type: 'intended',
      key,
      at: new Date(journal.clock.now()).toISOString(),
      baseUrl,
      endpoint,
      ...(model !== undefined && { model }),
      asked,
      body,
      ...(tags && { tags: { ...tags } }),
      ...(cents !== undefined && { cents }),
      ...(limit && { limit }),
      attempt,
    }
    // Fails early; `fold` decides for good once the entry is stored.
    if (limit && !fits(leftOf(state, limit, entry.at), cents)) throw overLimit(entry, leftNow())
    return entry
  }

  const priceFor = async (
    purchase: Purchase,
    body: Readonly<Record<string, unknown>>,
    { limits: { timeoutMs }, bound }: Pricing,
  ): Promise<number | undefined> => {
    try {
      const cents = await journal.bounded(
        ({ signal }) => priceOf(purchase, body, journal.clock.now(), signal),
        { timeoutMs: timeoutMs * PRICE_SHARE, signal: bound.signal },
      )
      if (cents !== undefined || !limit) return cents
      throw noPrice(purchase, undefined, leftNow())
    } catch (error) {
      throwIfOver(bound)
      if (!limit) return undefined
      throw RunApiError.is(error) && error.code === 'spending_limit'
        ? error
        : noPrice(purchase, error, leftNow())
    }
  }

  const leftNow = (): Left => {
    const { cents: limitCents, per } = limit ?? { cents: 0 }
    const left = limit && leftOf(state, limit, new Date(journal.clock.now()).toISOString())
    return { limitCents, per, leftCents: cleanCents(left?.cents ?? 0), unpriced: left?.unpriced ?? 0 }
  }

  const openIntent = (
    create: OpenCreate,
    attempt: string,
    body: Readonly<Record<string, unknown>>,
    limits: PurchaseLimits,
  ): OpenIntent => {
    const { key } = create.purchase
    return {
      body,
      bought: async (task, state) => {
        const entry = { id: newId(), type: 'bought', key, task } as const
        const isWritten = await inBackground(key, (bound) => write(entry, bound), limits.timeoutMs)
        // This process at least knows it, and does not buy it again.
        if (!isWritten) apply(journal.state, entry)
        if (state) ended(task, state)
        openCreates.settle(create, undefined)
      },
      failed: async (error, mayExist) => {
        const isConflict = !mayExist && RunApiError.is(error) && error.code === 'conflict'
        const type = mayExist ? 'unknown' : 'refused'
        const entry = { id: newId(), type, key, attempt, error: wordsOf(error) } as const
        const noted = inBackground(key, (bound) => write(entry, bound), limits.timeoutMs)
        // An abort is not held up by a store, and is nobody else's end.
        const isAborted = !RunApiError.is(error) || limits.signal?.aborted === true
        if (!isAborted) await noted
        const task = isConflict ? await boughtElsewhere(key, limits) : undefined
        openCreates.settle(create, task || isAborted ? undefined : error)
        const attempts = [...(state.orders.get(key)?.attempts ?? [])]
        return { task, mayExist: attempts.some(([name, how]) => name !== attempt && how === 'open') }
      },
    }
  }

  /** After a 409: the task of another process that may be sending this order right now. */
  const boughtElsewhere = async (
    key: string,
    { timeoutMs, signal }: PurchaseLimits,
  ): Promise<TaskRef | undefined> => {
    const { clock } = journal
    const until = clock.monotonic() + timeoutMs
    try {
      for (;;) {
        await journal.bounded(journal.refresh, { timeoutMs, signal })
        const order = state.orders.get(key)
        if (order?.task) return taskOf(order)
        if (!order || orderStatusOf(order) !== 'unknown' || clock.monotonic() >= until) return undefined
        await pause(clock, READ_AGAIN_MS, signal)
      }
    } catch {
      return undefined
    }
  }

  return { intend, mayExist, isInFlight: openCreates.has }
}
