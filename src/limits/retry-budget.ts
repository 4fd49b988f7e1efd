const CAPACITY = 500
const RETRY_COST = 5
const TIMEOUT_COST = 10
const REFUND = 1

/**
 * A token bucket that a client's calls share, with the constants of AWS's standard retry mode: in an outage it runs dry
 * and calls fail on their first error instead of multiplying the load; successes fill it again.
 */
export interface RetryBudget {
  /** Takes what a retry costs; `false` when there is too little left. */
  spend(afterTimeout: boolean): boolean
  /** Gives back a little for a call that succeeded. */
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
