import type { CallOptions } from '../contract/options'
import { malformed, objectOf } from '../http/answer'
import { call } from '../http/call'
import type { Session } from '../session'

/** What the account has, as the service says it. */
export interface Balance {
  /** What can be spent, in US cents. */
  balance_cents: number
  /** The part of it that was paid for. */
  paid_balance_cents?: number
  /** The part of it that was given. */
  bonus_balance_cents?: number
  /** What was spent today, in US cents. */
  spent_cents_today?: number
  /** What was ever spent, in US cents. */
  spent_cents_total?: number
  [field: string]: unknown
}

/** The account of the client's key. */
export interface Account {
  /**
   * What the account has left.
   *
   * @throws {AuthenticationError} and the other API errors, {ConnectionError}, {MalformedResponseError}
   *
   * @example
   * const { balance_cents } = await runapi.account.balance()
   */
  balance(options?: CallOptions): Promise<Balance>
}

export const createAccount = ({ http }: Session): Account => ({
  balance: async (options) => {
    const what = { operation: 'account.balance', method: 'GET', path: '/api/v1/me/balance' } as const
    const answer = await call(http, { ...what, idempotent: true }, options)
    const balance = objectOf(answer)
    if (typeof balance.balance_cents === 'number') return balance as Balance
    throw malformed(answer, 'holds no balance_cents')
  },
})
