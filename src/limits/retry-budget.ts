const CAPACITY = 500
const RETRY_COST = 5
const TIMEOUT_COST = 10
const REFUND = 1

/**
 * A token bucket that a client's calls share, with the constants of AWS's standard retry mode: in an outage it runs dry
 * and calls fail on their first error instead of multiplying the load; successes fill it again.
 */
export interface RetryBudget {
  /** Takes the cost of a retry; `false` if too little is left. */
  spend(afterTimeout: boolean): boolean
  /** Refills a little for a successful call. */
  refund(): void
}

export const createRetryBudget = (): RetryBudget => {
  let tokens = CAPACITY
  return {
    spend: (afterTimeout) => {
      const cost = afterTimeout ? TIMEOUT_COST : RETRY_COST
      if (tokens < cost) return false
      tokens -= cost
      return true
    },
    refund: () => {
      tokens = Math.min(CAPACITY, tokens + REFUND)
    },
  }
}
