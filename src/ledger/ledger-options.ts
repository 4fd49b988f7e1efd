import { isAmount } from '../contract/task-state'
import { ConfigurationError } from '../errors/configuration-error'
import type { Clock } from '../platform/clock'
import { ownFields } from '../platform/own'
import { checkClock, checkFunction, checkOptions, type OptionNames, refuseOption } from '../settings/checks'
import type { SpendingLimit } from './entries'
import type { PriceCents } from './price'

/** Options of a ledger; each has a default. */
export interface LedgerOptions {
  /**
   * The spending limit, by the service's quotes. An order that does not fit is refused before anything is sent.
   * @default no limit
   */
  limit?: SpendingLimit | undefined
  /** Short for `limit: { cents }`, a limit over the ledger's whole life. */
  limitCents?: number | undefined
  /**
   * Returns the price of an order in US cents, in place of the service's quote.
   * @default asks the service if there is a limit
   */
  priceCents?: PriceCents | undefined
  /**
   * The source of time, for tests.
   * @default the client's
   */
  clock?: Clock | undefined
}

const LEDGER_OPTIONS: OptionNames<LedgerOptions> = {
  limit: true,
  limitCents: true,
  priceCents: true,
  clock: true,
}

export const checkLedgerOptions = (given: LedgerOptions | undefined) => {
  const options = ownFields(checkOptions('options', given, LEDGER_OPTIONS))
  const { limitCents, priceCents, clock } = options
  if (options.limit !== undefined && limitCents !== undefined)
    throw new ConfigurationError('limitCents: is short for limit; give one of the two')
  if (priceCents !== undefined) checkFunction('priceCents', priceCents)
  if (clock !== undefined) checkClock(clock)
  if (limitCents !== undefined)
    return { limit: { cents: checkCents('limitCents', limitCents) }, priceCents, clock }
  return { limit: options.limit === undefined ? undefined : checkLimit(options.limit), priceCents, clock }
}

const checkLimit = (given: SpendingLimit): SpendingLimit => {
  const { cents, per } = ownFields(checkOptions('limit', given, { cents: true, per: true }))
  if (per !== undefined && per !== 'day' && per !== 'month')
    refuseOption('limit.per', "'day' or 'month'", per)
  return { cents: checkCents('limit.cents', cents), ...(per && { per }) }
}

const checkCents = (name: string, value: unknown): number =>
  isAmount(value) ? value : refuseOption(name, 'a number of US cents, at least 0', value)
