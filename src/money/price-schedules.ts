import type { CallOptions } from '../contract/options'
import { malformed, objectOf } from '../http/answer'
import { call } from '../http/call'
import { ownFields } from '../platform/own'
import type { Session } from '../session'

/** Which part of the price list; everything where a field is left out. */
export interface PriceScheduleFilter {
  /** Such as `'hailuo'`. */
  service?: string | undefined
  /** Such as `'text_to_video'`. */
  action?: string | undefined
  /** Such as `'hailuo-02-text-to-video-pro'`. */
  model?: string | undefined
}

/** One line of the price list. */
export interface PriceSchedule {
  /** Such as `'hailuo'`. */
  service: string
  /** Such as `'text_to_video'`. */
  action: string
  /** The model; `null` for a price of all models. */
  model?: string | null
  /** `'available'` where there is a price. */
  pricing_status: string
  /** Such as `'USD'`. */
  currency?: string
  /** What one price is for. The list of units is not published. */
  billing_unit?: string
  /** How the price is made. The list of strategies is not published. */
  billing_strategy?: string
  /** The price of one unit, in cents of `currency`; `null` where it depends on the parameters. */
  unit_price_cents?: number | null
  /** What the price depends on, as the service says it. */
  billing_config?: Record<string, unknown>
  [field: string]: unknown
}

/** The price list, as the service says it. */
export interface PriceSchedules {
  /** The moment of the prices, as an ISO 8601 string. */
  as_of?: string
  /** The lines. */
  price_schedules: PriceSchedule[]
  [field: string]: unknown
}

const MOST_KEPT = 32

/** The method `pricing.schedules` with what it keeps: the latest answers by their path, as text. */
export const createPriceSchedules = ({ http }: Session) => {
  const kept = new Map<string, { etag: string; schedules: string }>()

  return async (filter?: PriceScheduleFilter, options?: CallOptions): Promise<PriceSchedules> => {
    const path = pathOf(filter)
    const earlier = kept.get(path)
    const conditional = earlier && { headers: { 'if-none-match': earlier.etag }, acceptStatus: 304 }
    const what = {
      operation: 'pricing.schedules',
      method: 'GET',
      idempotent: true,
      keyOptional: true,
    } as const
    const answer = await call(http, { ...what, path, ...conditional }, options)
    // Parsed anew each time, so that what a caller changes in one answer is not in the next.
    if (answer.status === 304 && earlier) return JSON.parse(earlier.schedules)

    const schedules = objectOf(answer)
    if (!Array.isArray(schedules.price_schedules)) throw malformed(answer, 'holds no price_schedules')
    const etag = answer.header('etag')
    kept.delete(path)
    if (etag !== null) kept.set(path, { etag, schedules: answer.text })
    const [oldest] = kept.keys()
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
    return schedules as PriceSchedules
  }
}

const pathOf = (filter: PriceScheduleFilter | undefined): string => {
  const { service, action, model } = ownFields(filter)
  const given = Object.entries({ service, action, model }).filter(([, value]) => value !== undefined)
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
  return `/api/v1/price_schedules${given.length > 0 ? `?${query}` : ''}`
}
