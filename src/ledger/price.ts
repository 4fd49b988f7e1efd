import type { Purchase } from '../contract/ledger'
import { isAmount } from '../contract/task-state'
import { ConfigurationError } from '../errors/configuration-error'
import { RunApiError } from '../errors/run-api-error'
import { fieldOf, safeCause } from '../http/redact'
import { own } from '../platform/own'
import { sanitizeMessage } from '../platform/sanitize'

/** The order that `priceCents` prices. */
export interface PricedOrder {
  /** The idempotency key. */
  key: string
  /** Such as `'luma.modifyVideo'`. */
  endpoint: string
  /** The parameters as they will be sent. */
  params: Readonly<Record<string, unknown>>
  /** The caller's labels. */
  tags?: Readonly<Record<string, string>>
}

/** Returns the price of an order in US cents; `undefined` if there is none. */
export type PriceCents = (order: PricedOrder) => number | undefined | Promise<number | undefined>

type Params = Readonly<Record<string, unknown>>

const KEPT_MS = 5 * 60_000
const MAX_KEPT = 1_000

/** Returns the price of a purchase; keeps what the service calls exact. */
export const createPrices = (priceCents: PriceCents | undefined) => {
  const kept = new Map<string, { cents: number; untilMs: number }>()

  return async (
    { key, endpoint, baseUrl, tags, request }: Purchase,
    body: Params,
    nowMs: number,
    signal: AbortSignal,
  ): Promise<number | undefined> => {
    if (!request) return undefined
    if (priceCents) {
      const order = { key, endpoint, params: body, ...(tags && { tags }) }
      return checkPrice(await askUser(priceCents, order))
    }
    const { callback_url: _, ...params } = body
    const name = JSON.stringify([baseUrl, endpoint, pricedBy(params, request.priceIgnores)])
    const known = kept.get(name)
    if (known && known.untilMs > nowMs) return known.cents
    const quote = await request.quote(params, signal)
    const cents = centsIn(quote)
    kept.delete(name)
    if (cents !== undefined && own(quote, 'estimate_basis') === 'exact') {
      kept.set(name, { cents, untilMs: nowMs + KEPT_MS })
      const [oldest] = kept.keys()
      if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
    }
    return cents
  }
}

const askUser = async (priceCents: PriceCents, order: PricedOrder): Promise<unknown> => {
  try {
    return await priceCents(order)
  } catch (error) {
    if (RunApiError.is(error)) throw error
    const message = fieldOf(error, 'message')
    const why = typeof message === 'string' ? `: ${sanitizeMessage(message)}` : ''
    throw new ConfigurationError(`priceCents: threw${why}`, { cause: safeCause(error, []) })
  }
}

const checkPrice = (cents: unknown): number | undefined => {
  if (cents === undefined || isAmount(cents)) return cents
  throw new ConfigurationError(
    'priceCents: must give the price in US cents, a number of at least 0, or undefined where there is none',
  )
}

/** What the price depends on: every parameter but prompts, and those that the endpoint's table leaves out. */
const pricedBy = (params: Params, ignored: readonly string[] = []): [string, unknown][] =>
  Object.entries(params)
    .filter(([name]) => !/(?:^|_)prompt$/.test(name) && !ignored.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))

const centsIn = (quote: unknown): number | undefined => {
  const cents = own(quote, 'reservation_amount_cents')
  const isDollars = (own(quote, 'currency') ?? 'USD') === 'USD'
  return isDollars && isAmount(cents) ? cents : undefined
}
