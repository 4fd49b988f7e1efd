import type { EndpointDefinition } from '../../models/endpoint'
import { own, ownText } from '../../platform/own'
import { type FieldErrors, json, refusals } from '../answers'
import { brokenRules } from '../broken-rules'
import { balanceCents, priceOf, spentCents } from '../purchases'
import { type Route, readJsonObject } from '../route'

type Definition = EndpointDefinition<string, unknown, unknown>

const partsOf = ({ path }: Definition): [string, string] => path.split('/').slice(-2) as [string, string]

const modelsOf = ({ params }: Definition): string[] => Object.keys((own(params, 'models') ?? {}) as object)

/**
 * `POST /api/v1/price_quotes`: what a create with these parameters would set aside. The vendor's clients may leave out
 * the model and the parameters; what the service says then is not known. Here the price of the dearest model, with the
 * service's defaults.
 */
const priceQuote: Route = {
  method: 'POST',
  path: '/api/v1/price_quotes',
  open: true,
  answer: async (exchange, state) => {
    const body = readJsonObject(exchange)
    if (body instanceof Response) return body
    const { service, action, params } = body
    const definition = state.endpoints.find((each) => partsOf(each).join() === [service, action].join())
    if (!definition) return refusals.notFound()
    const given = typeof params === 'object' && params !== null ? params : undefined
    const model = body.model ?? own(given, 'model') ?? definition.defaults?.model
    const whole = { ...given, ...(model !== undefined && { model }) }
    const errors = state.options.validate === false ? undefined : await brokenRules(definition, whole)
    const broken = given === undefined || model === undefined ? modelErrors(errors, model) : errors
    if (broken) return refusals.invalid(broken)
    const models = model === undefined ? modelsOf(definition) : [model]
    const prices = models.map((each) => priceOf({ ...whole, model: each }))
    return json({
      price_quote: {
        service,
        action,
        model: model ?? null,
        pricing_status: 'available',
        currency: 'USD',
        reservation_amount_cents: Math.max(...(prices.length > 0 ? prices : [priceOf(whole)])),
        estimate_basis: given === undefined || model === undefined ? 'defaults' : 'exact',
        as_of: new Date(state.time.now()).toISOString(),
      },
    })
  },
}

/** Of a quote that leaves something out, only a model that does not exist is refused. */
const modelErrors = (errors: FieldErrors | undefined, model: unknown): FieldErrors | undefined =>
  model !== undefined && errors?.model ? { model: errors.model } : undefined

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

const linesOf = (definition: Definition): Record<string, unknown>[] => {
  const [service, action] = partsOf(definition)
  return modelsOf(definition).map((model) => ({
    service,
    action,
    model,
    pricing_status: 'available',
    catalog_status: 'active',
    currency: 'USD',
    billing_unit: 'call',
    billing_strategy: 'flat',
    unit_price_cents: priceOf({ model }),
    // Prices of text models, which every line has; some of the vendor's clients refuse a line without them.
    input_price_per_1m_cents: null,
    output_price_per_1m_cents: null,
    cache_read_price_per_1m_cents: null,
    cache_write_price_per_1m_cents: null,
    cache_write_5m_price_per_1m_cents: null,
    cache_write_1h_price_per_1m_cents: null,
    billing_config: {},
  }))
}

/** `GET /api/v1/me`: whose key it is. The vendor's tools check a key with it. */
const me: Route = {
  method: 'GET',
  path: '/api/v1/me',
  answer: ({ account }) => {
    const number = Number(account.split('_')[1])
    return json({
      id: number,
      name: 'Emulator',
      email: `${account}@example.com`,
      account: { id: number, name: `Emulator's account ${number}` },
    })
  },
}

const DAY_MS = 86_400_000

/** `GET /api/v1/me/balance`: what is left after every purchase. */
const balance: Route = {
  method: 'GET',
  path: '/api/v1/me/balance',
  answer: ({ account }, state) => {
    const nowMs = state.time.now()
    const left = balanceCents(state, account)
    return json({
      balance_cents: left,
      paid_balance_cents: left,
      bonus_balance_cents: 0,
      spent_cents_today: spentCents(state, account, nowMs - (nowMs % DAY_MS)),
      spent_cents_total: spentCents(state, account),
    })
  },
}

export const moneyRoutes: readonly Route[] = [priceQuote, priceSchedules, me, balance]
