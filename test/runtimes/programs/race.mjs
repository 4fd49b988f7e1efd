/** The price of an order, and a limit that fits half of what four buyers of sixteen orders want. */
export const RACE = { buyers: 4, orders: 16, priceCents: 50, limitCents: 1_600 }

/**
 * Buys orders at once, and tells how many were bought, how many refused for the limit, and what the ledger says then.
 * @param {{ RunApiClient: any, openLedger: any, store: any, name: string, orders: number, options?: object }} race
 */
export const race = async ({ RunApiClient, openLedger, store, name, orders, options = {} }) => {
  const { limitCents, priceCents } = RACE
  const ledger = openLedger(store, { limitCents, priceCents: () => priceCents })
  const runapi = new RunApiClient({ ...options, ledger })
  const buy = (/** @type {number} */ n) => {
    const params = { model: 'hailuo-02-text-to-video-standard', prompt: `Boat ${name} ${n}` }
    return runapi.hailuo.textToVideo(params, { idempotencyKey: `order-${name}-${n}` })
  }
  const ends = await Promise.allSettled(Array.from({ length: orders }, (_, n) => buy(n)))
  const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  const other = reasons.filter(({ code }) => code !== 'spending_limit').map(String)
  const { reservedCents, unknownCents, leftCents } = await ledger.totals()
  await runapi.close()
  const bought = orders - reasons.length
  return {
    bought,
    refused: reasons.length - other.length,
    other,
    totals: { reservedCents, unknownCents, leftCents },
  }
}
