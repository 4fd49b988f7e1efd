import { RunApiError, type RunApiErrorInit } from './run-api-error'

export interface SpendingLimitErrorInit extends RunApiErrorInit {
  limitCents: number
  leftCents: number
  priceCents?: number | undefined
}

/**
 * The limit of the client's ledger does not allow the purchase, or its price is not known. Nothing was sent, so nothing
 * was bought.
 */
export class SpendingLimitError extends RunApiError {
  /** The limit, in US cents. */
  readonly limitCents: number
  /** The amount that the limit still allows, in US cents. */
  readonly leftCents: number
  /** The price of the purchase, in US cents; absent if unknown. */
  declare readonly priceCents?: number

  constructor(message: string, init: SpendingLimitErrorInit) {
    super(message, init)
    this.limitCents = init.limitCents
    this.leftCents = init.leftCents
    if (init.priceCents !== undefined) this.priceCents = init.priceCents
  }
  override get name(): string {
    return 'SpendingLimitError'
  }
  get code(): 'spending_limit' {
    return 'spending_limit'
  }
  protected override details(): Record<string, unknown> {
    const { limitCents, leftCents, priceCents } = this
    return { ...super.details(), limitCents, leftCents, ...(priceCents !== undefined && { priceCents }) }
  }
}
