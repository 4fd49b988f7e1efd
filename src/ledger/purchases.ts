import type { Intent, Ledger, OpenIntent, Purchase, PurchaseLimits } from '../contract/ledger'
import type { TaskRef } from '../contract/task-ref'
import { ConfigurationError } from '../errors/configuration-error'
import { RunApiError } from '../errors/run-api-error'
import { UnknownOutcomeError } from '../errors/unknown-outcome-error'
import { pause } from '../platform/clock'
import { ownText } from '../platform/own'
import { withoutUrlQueries } from '../platform/sanitize'
import { checkFlag } from '../settings/checks'
import { type Bound, throwIfOver } from './bounded-store'
import { type IntendedEntry, newId, type SpendingLimit } from './entries'
import { type Asked, fingerprintsOf } from './fingerprints'
import { apply, taskOf } from './fold'
import type { Journal } from './journal'
import { fits, leftOf, type OrderRecord, orderStatusOf } from './ledger-state'
import { cleanCents } from './orders'
import type { createPrices } from './price'
import { checkSame, checkTags, type Left, noPrice, overLimit, staleOrder, wordsOf } from './purchase-errors'

interface PurchasesInit {
  limit: SpendingLimit | undefined
  priceOf: ReturnType<typeof createPrices>
  /** Whether orders have a price also without a limit. */
  alwaysPriced: boolean
  ended: Ledger['ended']
}

/** What a price may take. */
interface Pricing {
  readonly limits: PurchaseLimits
  readonly bound: Bound
}

/** A create of this process that has not ended. */
interface OpenCreate {
  readonly purchase: Purchase
  readonly asked: Asked | undefined
  ended: boolean
  error: unknown
}

/** How old an order may be whose key the service is trusted to remember. */
export const STALE_MS = 24 * 3_600_000

const CHECK_AGAIN_MS = 10
const READ_AGAIN_MS = 200
// The rest of the time is for the words that say how to give a price.
const PRICE_SHARE = 0.8

/** What a client asks before and tells after each create. */
export const createPurchases = (journal: Journal, { limit, priceOf, alwaysPriced, ended }: PurchasesInit) => {
  const { state, write, inBackground } = journal
  const openCreates = new Map<string, OpenCreate>()
  // Attempts that may stand in the store as open, and were never sent.
  const unsent = new Set<string>()

  const mayExist = (key: string): boolean => {
    const order = state.orders.get(key)
    if (!order || order.task) return order !== undefined
    return [...(order.attempts ?? [])].some(([name, how]) => how === 'open' && !unsent.has(name))
  }

  const intend = async (purchase: Purchase, limits: PurchaseLimits): Promise<Intent> => {
    const { key, request, tags } = purchase
    checkTags(tags)
    if (purchase.resendUnknown !== undefined) checkFlag('resendUnknown', purchase.resendUnknown)
    const asked = request && fingerprintsOf(request.asked)
    for (let other = openCreates.get(key); other; other = openCreates.get(key)) {
      checkSame(purchase, asked, { ...other.purchase, asked: other.asked })
      await awaitSameKey(other, limits)
      if (!other.ended) break
    }
    const create: OpenCreate = { purchase, asked, ended: false, error: undefined }
    openCreates.set(key, create)
    try {
      const intent = await journal.bounded((bound) => decide(create, bound, limits), limits)
      if (intent.task) settle(create, undefined)
      return intent
    } catch (thrown) {
      const error = withOpenOutcome(create, thrown, limits)
      settle(create, error)
      throw error
    }
  }

  /** What ended a create before it was sent says nothing of an earlier attempt, which may have bought. */
  const withOpenOutcome = (
    { purchase, asked }: OpenCreate,
    error: unknown,
    { signal }: PurchaseLimits,
  ): unknown => {
    const order = state.orders.get(purchase.key)
    const isEnd = !RunApiError.is(error) || error.code === 'unknown_outcome' || signal?.aborted
    if (isEnd || !order || !mayExist(purchase.key)) return error
    try {
      checkOrder(purchase, asked, order)
    } catch {
      // It is another order than that of the key.
      return error
    }
    return new UnknownOutcomeError(
      `${purchase.endpoint}: an earlier create with this key may have bought the task, and the ledger failed before ` +
        `it could be asked again (${withoutUrlQueries(error.message)}); mend that, then call again with the same ` +
        'parameters and error.idempotencyKey, and it is not bought twice',
      { idempotencyKey: purchase.key, cause: error },
    )
  }

  const settle = (create: OpenCreate, error: unknown): void => {
    create.ended = true
    create.error = error
    if (openCreates.get(create.purchase.key) === create) openCreates.delete(create.purchase.key)
  }

  /**
   * Waits for a create of the same key. The error that ends it ends this one too, unless it came from outside. Asks again
   * and again, because a promise of another request may never settle in some runtimes.
   */
  const awaitSameKey = async (create: OpenCreate, { timeoutMs, signal }: PurchaseLimits): Promise<void> => {
    const { clock } = journal
    const until = clock.monotonic() + timeoutMs
    while (!create.ended && clock.monotonic() < until) await pause(clock, CHECK_AGAIN_MS, signal)
    const { error, purchase } = create
    if (!RunApiError.is(error) || error.code === 'client_closed') return
    if (!mayExist(purchase.key) || error.code === 'unknown_outcome') throw error
    throw new UnknownOutcomeError(
      `${purchase.endpoint}: a create with the same key got no answer that says whether the task was created; call ` +
        'again with the same parameters and error.idempotencyKey, and it is not bought twice',
      { idempotencyKey: purchase.key, cause: error },
    )
  }

  const decide = async (create: OpenCreate, bound: Bound, limits: PurchaseLimits): Promise<Intent> => {
    const { purchase, asked } = create
    const { key } = purchase
    for (;;) {
      await journal.catchUp(bound)
      const order = state.orders.get(key)
      if (order) checkOrder(purchase, asked, order)
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

  /** What was being written may still land, or stand there in part. Nothing was sent. */
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
        settle(create, undefined)
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
        settle(create, task || isAborted ? undefined : error)
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

  /** Refuses what must not be sent under the key of this order. */
  const checkOrder = (purchase: Purchase, asked: Asked | undefined, order: OrderRecord): void => {
    const status = orderStatusOf(order)
    if (status === 'refused' || status === 'written_off') return
    checkSame(purchase, asked, order)
    if (status !== 'unknown' || purchase.resendUnknown) return
    if (journal.clock.now() - Date.parse(order.at) <= STALE_MS) return
    throw staleOrder(order)
  }

  return { intend, mayExist, isInFlight: (key: string): boolean => openCreates.has(key) }
}
