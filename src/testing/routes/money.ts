import type { EndpointDefinition } from '../../models/endpoint'
import { own, ownText } from '../../platform/own'
import { json, refusals } from '../answers'
import { brokenRules } from '../broken-rules'
import { balanceOf, priceOf, startingCents } from '../purchases'
import { type Route, readJsonObject } from '../route'

const partsOf = ({ path }: EndpointDefinition<string, unknown, unknown>): [string, string] =>
  path.split('/').slice(-2) as [string, string]

/** `POST /api/v1/price_quotes`: what a create with these parameters would set aside. */
const priceQuote: Route = {
  method: 'POST',
  path: '/api/v1/price_quotes',
  open: true,
  answer: async (exchange, state) => {
    const body = readJsonObject(exchange)
    if (body instanceof Response) return body
    const { service, action, model, params } = body
    const definition = state.endpoints.find((each) => partsOf(each).join() === [service, action].join())
    if (!definition) return refusals.notFound()
    const given = typeof params === 'object' && params !== null ? params : {}
    const whole = { ...given, ...(model !== undefined && { model }) }
    const errors = state.options.validate === false ? undefined : await brokenRules(definition, whole)
    if (errors) return refusals.invalid(errors)
    return json({
      price_quote: {
        service,
        action,
        model: model ?? null,
        pricing_status: 'available',
        currency: 'USD',
        reservation_amount_cents: priceOf(whole),
        estimate_basis: 'exact',
        as_of: new Date(state.time.now()).toISOString(),
      },
    })
  },
}

// The price list never changes, so its date does not either.
const AS_OF = '2026-01-01T00:00:00.000Z'

/** `GET /api/v1/price_schedules`: the list, by service, action and model, with an ETag. */
const priceSchedules: Route = {
  method: 'GET',
  path: '/api/v1/price_schedules',
  open: true,
  answer: ({ record, headers }, state) => {
    const { searchParams } = new URL(record.url)
    const lines = state.endpoints.flatMap(linesOf).filter((line) =>
      ['service', 'action', 'model'].every((name) => {
        const wanted = searchParams.get(name)
        return wanted === null || wanted === ownText(line, name)
      }),
    )
    const etag = `"${lines.length}-${searchParams}"`
    if (headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers: { etag } })
    return json({ as_of: AS_OF, price_schedules: lines }, 200, { etag })
  },
}

const linesOf = (definition: EndpointDefinition<string, unknown, unknown>): Record<string, unknown>[] => {
  const [service, action] = partsOf(definition)
  const models = Object.keys((own(definition.params, 'models') ?? {}) as object)
  return models.map((model) => ({
    service,
    action,
    model,
    pricing_status: 'available',
    currency: 'USD',
    billing_unit: 'call',
    billing_strategy: 'flat',
    unit_price_cents: priceOf({ model }),
    billing_config: {},
  }))
}

/** `GET /api/v1/me/balance`: what is left after every purchase. */
const balance: Route = {
  method: 'GET',
  path: '/api/v1/me/balance',
  answer: ({ account }, state) => {
    const left = balanceOf(state, account)
    const spentCents = startingCents(state) - left
    return json({
      balance_cents: left,
      paid_balance_cents: left,
      bonus_balance_cents: 0,
      spent_cents_today: spentCents,
      spent_cents_total: spentCents,
    })
  },
}

export const moneyRoutes: readonly Route[] = [priceQuote, priceSchedules, balance]
