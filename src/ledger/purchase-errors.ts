import type { Purchase } from '../contract/ledger'
import { ConfigurationError } from '../errors/configuration-error'
import { RunApiError } from '../errors/run-api-error'
import { SpendingLimitError } from '../errors/spending-limit-error'
import { UnknownOutcomeError } from '../errors/unknown-outcome-error'
import { ValidationError } from '../errors/validation-error'
import { safeCause } from '../http/redact'
import { withoutUrlQueries } from '../platform/sanitize'
import type { IntendedEntry, SpendingLimit } from './entries'
import { type Asked, differingParameter } from './fingerprints'
import { sameService } from './fold'
import { type OrderRecord, orderStatusOf } from './ledger-state'

/** The amount that a limit leaves now. */
export interface Left {
  limitCents: number
  per: SpendingLimit['per']
  leftCents: number
  unpriced: number
}

/** The error of an order without a price. */
export const noPrice = (
  { endpoint }: Purchase,
  cause: unknown,
  { limitCents, leftCents }: Left,
): SpendingLimitError => {
  const why = RunApiError.is(cause) ? ` (${withoutUrlQueries(cause.message)})` : ''
  return new SpendingLimitError(
    `${endpoint}: no price is known, and the ledger has a limit${why}; give one by the option priceCents of ` +
      'openLedger. Nothing was sent',
    {
      limitCents,
      leftCents,
      ...(cause !== undefined && { cause: RunApiError.is(cause) ? cause : safeCause(cause, []) }),
    },
  )
}

/** The error of an order that does not fit. */
export const overLimit = (
  { endpoint, cents }: IntendedEntry,
  { limitCents, leftCents, unpriced, per }: Left,
): SpendingLimitError => {
  const span = per === undefined ? '' : ` per ${per}`
  const why =
    unpriced > 0
      ? `orders without a price are open (${unpriced}), so nobody knows what is left of the limit of ${limitCents} ¢${span}; ` +
        'ledger.unfinished() shows them'
      : `its price of ${cents} ¢ does not fit: ${leftCents} ¢ are left of the limit of ${limitCents} ¢${span}`
  return new SpendingLimitError(`${endpoint}: ${why}. Nothing was sent`, {
    limitCents,
    leftCents,
    priceCents: cents,
  })
}

/** The error of an order that was sent so long ago that the service may have forgotten its key. */
const staleOrder = (order: OrderRecord): UnknownOutcomeError => {
  return new UnknownOutcomeError(
    `${order.endpoint}: the order was sent more than a day ago, nobody knows whether it was bought, and the service may ` +
      'have forgotten its key. runapi.resume(order, { resendUnknown: true }) sends it again and may buy it twice; ' +
      'ledger.writeOff(key, reason) gives it up',
    { idempotencyKey: order.key },
  )
}

/** Refuses a key that names another order. */
export const checkSame = (
  { key, endpoint, baseUrl }: Purchase,
  asked: Asked | undefined,
  order: Pick<Purchase, 'endpoint' | 'baseUrl'> & { asked: Asked | undefined },
): void => {
  if (!sameService(baseUrl, order.baseUrl)) {
    throw new ConfigurationError(
      `ledger: the order ${key} belongs to ${order.baseUrl}, and this client asks ${baseUrl}; use a ledger for each service`,
    )
  }
  const other =
    endpoint === order.endpoint
      ? asked && order.asked && differingParameter(order.asked, asked)
      : `the endpoint ${order.endpoint}`
  if (other === undefined) return
  const what = endpoint === order.endpoint ? `another ${other}` : other
  const message = `was used for another order, with ${what}; a key names one order: take a new one, or ask for the same`
  throw new ValidationError(`${endpoint}: nothing was sent\n  idempotencyKey: ${message}`, {
    issues: [{ field: 'idempotencyKey', rule: 'conflict', message }],
    idempotencyKey: key,
  })
}

/** How old an order may be whose key the service is trusted to remember. */
export const STALE_MS = 24 * 3_600_000

/** Refuses what must not be sent under the key of this order. */
export const checkOrder = (
  purchase: Purchase,
  asked: Asked | undefined,
  order: OrderRecord,
  nowMs: number,
): void => {
  const status = orderStatusOf(order)
  if (status === 'refused' || status === 'written_off') return
  checkSame(purchase, asked, order)
  if (status !== 'unknown' || purchase.resendUnknown) return
  if (nowMs - Date.parse(order.at) > STALE_MS) throw staleOrder(order)
}

const MAX_WORDS = 300

/** The part of an error that an entry stores: short, and without secrets. */
export const wordsOf = (error: unknown): string =>
  withoutUrlQueries(error instanceof Error ? error.message : String(error)).slice(0, MAX_WORDS)

export const earlierMayExist = ({ endpoint, key }: Purchase, error: RunApiError): UnknownOutcomeError =>
  new UnknownOutcomeError(
    `${endpoint}: an earlier create with this key may have bought the task, and the ledger failed before ` +
      `it could be asked again (${withoutUrlQueries(error.message)}); mend that, then ${AGAIN}`,
    { idempotencyKey: key, cause: error },
  )

export const sameKeyMayExist = ({ endpoint, key }: Purchase, error: RunApiError): UnknownOutcomeError =>
  new UnknownOutcomeError(
    `${endpoint}: a create with the same key got no answer that says whether the task was created; ${AGAIN}`,
    { idempotencyKey: key, cause: error },
  )

const AGAIN = 'call again with the same parameters and error.idempotencyKey, and it is not bought twice'
