import type { CallOptions } from '../contract/options'
import { ConfigurationError } from '../errors/configuration-error'
import { call } from '../http/call'
import { malformed, parseObject } from '../http/request'
import type { EndpointDefinition } from '../models/endpoint'
import { type EndpointName, type EndpointParams, endpointNamed } from '../models/index'
import { own, ownFields } from '../platform/own'
import { checkedParams } from '../schema/validate-params'
import type { Session } from '../session'
import { checkOptions } from '../settings/checks'

/** The price of a task with given parameters, as the service reports it. */
export interface PriceQuote {
  /** Such as `'hailuo'`. */
  service: string
  /** Such as `'text_to_video'`. */
  action: string
  /** The model of the parameters; `null` for a price that applies to all models. */
  model?: string | null
  /** The parameters that the price is for, if the service repeats them. */
  params?: Record<string, unknown> | null
  /** `'available'` if there is a price. */
  pricing_status: string
  /** Such as `'USD'`. */
  currency?: string | null
  /** The amount that the create would reserve, in cents of `currency`; `null` if the service does not know it yet. */
  reservation_amount_cents?: number | null
  /** How certain the amount is, such as `'exact'`. */
  estimate_basis?: string
  /** The moment of the price, as an ISO 8601 string. */
  as_of?: string
  [field: string]: unknown
}

/** Filters the price list; a field that is left out matches everything. */
export interface PriceScheduleFilter {
  /** Such as `'hailuo'`. */
  service?: string | undefined
  /** Such as `'text_to_video'`. */
  action?: string | undefined
  /** Such as `'hailuo-02-text-to-video-pro'`. */
  model?: string | undefined
}

/** One line of the price list. Prices that do not apply to a line, such as token prices for a video, are `null`. */
export interface PriceSchedule {
  /** Such as `'hailuo'`. */
  service: string
  /** Such as `'text_to_video'`. */
  action: string
  /** The model; `null` for a price that applies to all models. */
  model?: string | null
  /** Whether the service offers it, such as `'active'` or `'maintenance'`. The list of words is not published. */
  catalog_status?: string
  /** `'available'` if there is a price. */
  pricing_status: string
  /** Such as `'USD'`. */
  currency?: string | null
  /** The unit of the price. The list of units is not published. */
  billing_unit?: string | null
  /** How the price is calculated. The list of strategies is not published. */
  billing_strategy?: string | null
  /** The price of one unit, in cents of `currency`; `null` if it depends on the parameters. */
  unit_price_cents?: number | null
  /** The factors of the price, as the service reports them. */
  billing_config?: Record<string, unknown> | null
  [field: string]: unknown
}

/** The price list, as the service reports it. */
export interface PriceSchedules {
  /** The moment of the prices, as an ISO 8601 string. */
  as_of?: string
  /** The lines. */
  price_schedules: PriceSchedule[]
  [field: string]: unknown
}

/** Prices. The service answers without a key too; quotes and schedules buy nothing. */
export interface Pricing {
  /**
   * Returns the price of these parameters. They are checked first, exactly as for a create.
   *
   * @throws {ValidationError} if the parameters break the rules
   *
   * @example
   * const { reservation_amount_cents } = await runapi.pricing.quote('hailuo.textToVideo', params)
   */
  quote<Name extends EndpointName>(
    endpoint: Name,
    params: EndpointParams<Name>,
    options?: CallOptions,
  ): Promise<PriceQuote>
  /** The same for an endpoint of your own, by its definition. */
  quote<Params>(
    endpoint: EndpointDefinition<string, Params, unknown>,
    params: Params,
    options?: CallOptions,
  ): Promise<PriceQuote>
  /**
   * Returns the price list, or a part of it.
   *
   * @example
   * const { price_schedules } = await runapi.pricing.schedules({ service: 'hailuo' })
   */
  schedules(filter?: PriceScheduleFilter, options?: CallOptions): Promise<PriceSchedules>
}

export const createPricing = (session: Session): Pricing => ({
  quote: async (endpoint: unknown, params: unknown, options?: CallOptions) => {
    const definition = definitionOf(endpoint)
    const nowMs = session.settings.clock.now()
    const checked = await checkedParams(definition, params, { validate: true, nowMs })
    return requestQuote(session, definition, ownFields(checked), options)
  },
  schedules: async (filter, options) => {
    const request = { operation: 'pricing.schedules', method: 'GET', path: schedulesPath(filter) } as const
    const response = await call(session.http, { ...request, idempotent: true, keyOptional: true }, options)
    const schedules = parseObject(response)
    if (Array.isArray(schedules.price_schedules)) return schedules as PriceSchedules
    throw malformed(response, 'holds no price_schedules')
  },
})

/** Asks for the price of a body, unchecked. */
export const requestQuote = async (
  { http }: Session,
  definition: Pick<EndpointDefinition, 'path'>,
  { model, ...params }: Readonly<Record<string, unknown>>,
  options?: CallOptions,
): Promise<PriceQuote> => {
  const body = { ...partsOf(definition), ...(model !== undefined && { model }), params }
  const request = { operation: 'pricing.quote', method: 'POST', path: '/api/v1/price_quotes' } as const
  const response = await call(http, { ...request, body, idempotent: true, keyOptional: true }, options)
  const quote = own(parseObject(response), 'price_quote')
  if (typeof quote === 'object' && quote !== null) return quote as PriceQuote
  throw malformed(response, 'holds no price_quote')
}

const schedulesPath = (filter: PriceScheduleFilter | undefined): string => {
  const { service, action, model } = ownFields(
    checkOptions('filter', filter, { service: true, action: true, model: true }),
  )
  const given = Object.entries({ service, action, model }).filter(([, value]) => value !== undefined)
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
  return `/api/v1/price_schedules${given.length > 0 ? `?${query}` : ''}`
}

const definitionOf = (endpoint: unknown): EndpointDefinition => {
  const definition = typeof endpoint === 'string' ? endpointNamed(endpoint) : endpoint
  if (typeof own(definition, 'path') === 'string') return definition as EndpointDefinition
  throw new ConfigurationError("endpoint: must be a name such as 'luma.modifyVideo', or a definition")
}

/** The service's words for an endpoint, which are the last two segments of its path. */
const partsOf = ({ path }: Pick<EndpointDefinition, 'path'>): { service: string; action: string } => {
  const [service, action] = path.split('/').slice(-2)
  if (service && action) return { service, action }
  throw new ConfigurationError('endpoint.path: must end in /<service>/<action>, by which prices are listed')
}
