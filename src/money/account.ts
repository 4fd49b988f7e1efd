import type { CallOptions } from '../contract/options'
import { call } from '../http/call'
import { malformed, parseObject } from '../http/request'
import type { Session } from '../session'

/** The account's balance, as the service reports it. */
export interface Balance {
  /** The amount left to spend, in US cents. */
  balance_cents: number
  /** The part of it that was paid for. */
  paid_balance_cents?: number
  /** The part of it that was granted as a bonus. */
  bonus_balance_cents?: number
  /** The amount spent today, in US cents. */
  spent_cents_today?: number
  /** The amount spent in total, in US cents. */
  spent_cents_total?: number
  [field: string]: unknown
}

/** Whose key it is, as the service reports it. */
export interface AccountInfo {
  /** The user's id. */
  id: number | string
  /** The user's name. */
  name?: string | null
  /** The user's e-mail address. */
  email?: string | null
  /** The account that pays. */
  account?: {
    /** The account's id. */
    id: number | string
    /** The account's name. */
    name?: string | null
    /** The account's plan, if the service names one. */
    tier?: string | null
    [field: string]: unknown
  } | null
  [field: string]: unknown
}

/** The account of the client's key. */
export interface Account {
  /**
   * Returns the owner of the key: the cheapest way to find out whether a key works. It costs nothing.
   *
   * @throws {AuthenticationError} for a key that the service does not accept, and the other API errors,
   * {ConnectionError}, {MalformedResponseError}
   *
   * @example
   * const { email } = await runapi.account.info()
   */
  info(options?: CallOptions): Promise<AccountInfo>
  /**
   * Returns the account's balance.
   *
   * @throws {AuthenticationError} and the other API errors, {ConnectionError}, {MalformedResponseError}
   *
   * @example
   * const { balance_cents } = await runapi.account.balance()
   */
  balance(options?: CallOptions): Promise<Balance>
}

export const createAccount = ({ http }: Session): Account => ({
  info: async (options) => {
    const request = { operation: 'account.info', method: 'GET', path: '/api/v1/me' } as const
    const response = await call(http, { ...request, idempotent: true }, options)
    const info = parseObject(response)
    if (typeof info.id === 'number' || typeof info.id === 'string') return info as AccountInfo
    throw malformed(response, 'holds no id')
  },
  balance: async (options) => {
    const request = { operation: 'account.balance', method: 'GET', path: '/api/v1/me/balance' } as const
    const response = await call(http, { ...request, idempotent: true }, options)
    const balance = parseObject(response)
    if (typeof balance.balance_cents === 'number') return balance as Balance
    throw malformed(response, 'holds no balance_cents')
  },
})
