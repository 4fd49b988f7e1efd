import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { get, hailuoBody, LUMA, lumaBody, post, TEXT_TO_VIDEO } from './wire'

const QUOTES = 'https://runapi.ai/api/v1/price_quotes'
const SCHEDULES = 'https://runapi.ai/api/v1/price_schedules'
const BALANCE = 'https://runapi.ai/api/v1/me/balance'
const open: RequestInit = { headers: { 'content-type': 'application/json' } }

test('a quote says what a create would set aside, without a key', async () => {
  const emulator = createEmulator()
  const { clock } = emulator
  await clock.sleep(1)
  const body = {
    service: 'hailuo',
    action: 'text_to_video',
    model: hailuoBody.model,
    params: { prompt: 'fog' },
  }
  const response = await emulator.fetch(QUOTES, { ...open, method: 'POST', body: JSON.stringify(body) })
  expect(await response.json()).toEqual({
    price_quote: {
      service: 'hailuo',
      action: 'text_to_video',
      model: 'hailuo-02-text-to-video-pro',
      pricing_status: 'available',
      currency: 'USD',
      reservation_amount_cents: 57,
      estimate_basis: 'exact',
      as_of: '2026-01-01T00:00:00.001Z',
    },
  })
  expect(emulator.tasks).toHaveLength(0)
})

test('a quote depends on the parameters and obeys their rules', async () => {
  const emulator = createEmulator()
  const quote = (params: object) =>
    emulator.fetch(
      QUOTES,
      post({ service: 'hailuo', action: 'text_to_video', model: 'hailuo-02-text-to-video-standard', params }),
    )
  const six = await (await quote({ prompt: 'fog', duration_seconds: 6 })).json()
  expect(six.price_quote.reservation_amount_cents).toBe(30)
  expect((await quote({ prompt: 'fog', duration_seconds: 7 })).status).toBe(400)
  const unknown = await emulator.fetch(QUOTES, post({ service: 'hailuo', action: 'none', params: {} }))
  expect(unknown.status).toBe(404)
})

test.each([
  [
    'no model for Luma, which has one',
    { service: 'luma', action: 'modify_video', model: null },
    'luma-modify-video',
    50,
  ],
  [
    'no parameters',
    { service: 'hailuo', action: 'text_to_video', model: 'hailuo-02-text-to-video-pro' },
    'hailuo-02-text-to-video-pro',
    57,
  ],
  ['neither model nor parameters', { service: 'hailuo', action: 'text_to_video' }, null, 57],
  [
    'no model beside parameters',
    { service: 'hailuo', action: 'image_to_video', model: null, params: { prompt: 'fog' } },
    null,
    60,
  ],
])('a quote with %s names the price of the dearest model that it can be', async (_, body, model, cents) => {
  const response = await createEmulator().fetch(QUOTES, post(body))
  expect(response.status).toBe(200)
  expect((await response.json()).price_quote).toMatchObject({
    model,
    reservation_amount_cents: cents,
    estimate_basis: 'defaults',
  })
})

test('a quote for a model that does not exist is refused, also without parameters', async () => {
  const body = { service: 'hailuo', action: 'text_to_video', model: 'hailuo-9' }
  const response = await createEmulator().fetch(QUOTES, post(body))
  expect(response.status).toBe(400)
  expect((await response.json()).error).toMatch(/^Validation failed: model: /)
})

test('a key says whose it is', async () => {
  const emulator = createEmulator({ apiKey: ['test-key', 'other-key'] })
  const me = async (key: string) =>
    emulator.fetch('https://runapi.ai/api/v1/me', { headers: { authorization: `Bearer ${key}` } })
  expect(await (await me('test-key')).json()).toEqual({
    id: 1,
    name: expect.any(String),
    email: expect.stringContaining('@'),
    account: { id: 1, name: expect.any(String) },
  })
  expect(await (await me('other-key')).json()).toMatchObject({ id: 2, account: { id: 2 } })
  expect((await me('wrong-key')).status).toBe(401)
})

test('spent today begins anew at midnight, spent in all does not', async () => {
  const emulator = createEmulator({ startsAt: '2026-03-01T23:59:00.000Z' })
  const { clock } = emulator
  await emulator.fetch(LUMA, post(lumaBody))
  await clock.sleep(120_000)
  await emulator.fetch(TEXT_TO_VIDEO, post(hailuoBody))
  const balance = await (await emulator.fetch(BALANCE, get)).json()
  expect(balance).toMatchObject({ spent_cents_today: 57, spent_cents_total: 107 })
})

test('the price list can be narrowed and has an ETag', async () => {
  const emulator = createEmulator()
  const all = await emulator.fetch(SCHEDULES)
  expect((await all.json()).price_schedules).toHaveLength(7)
  const luma = await emulator.fetch(`${SCHEDULES}?service=luma`)
  expect(await luma.json()).toEqual({
    as_of: expect.any(String),
    price_schedules: [
      {
        service: 'luma',
        action: 'modify_video',
        model: 'luma-modify-video',
        pricing_status: 'available',
        catalog_status: 'active',
        currency: 'USD',
        billing_unit: 'call',
        billing_strategy: 'flat',
        unit_price_cents: 50,
        input_price_per_1m_cents: null,
        output_price_per_1m_cents: null,
        cache_read_price_per_1m_cents: null,
        cache_write_price_per_1m_cents: null,
        cache_write_5m_price_per_1m_cents: null,
        cache_write_1h_price_per_1m_cents: null,
        billing_config: {},
      },
    ],
  })
  const etag = all.headers.get('etag') as string
  const again = (url: string) => emulator.fetch(url, { headers: { 'if-none-match': etag } })
  expect((await again(SCHEDULES)).status).toBe(304)
  expect((await again(`${SCHEDULES}?service=luma`)).status).toBe(200)
})

test('the balance falls with each purchase, down to a refusal', async () => {
  const emulator = createEmulator({ balanceCents: 110 })
  const balance = async () => (await emulator.fetch(BALANCE, get)).json()
  expect(await balance()).toMatchObject({ balance_cents: 110, spent_cents_total: 0 })
  await emulator.fetch(LUMA, post(lumaBody))
  await emulator.fetch(TEXT_TO_VIDEO, post(hailuoBody))
  expect(await balance()).toEqual({
    balance_cents: 3,
    paid_balance_cents: 3,
    bonus_balance_cents: 0,
    spent_cents_today: 107,
    spent_cents_total: 107,
  })
  expect((await emulator.fetch(LUMA, post(lumaBody))).status).toBe(402)
  expect((await emulator.fetch(BALANCE)).status).toBe(401)
})

test('a failed generation gives its price back', async () => {
  const emulator = createEmulator({ balanceCents: 100 })
  const { clock } = emulator
  emulator.next({ takesMs: 1_000, outcome: 'failed' })
  await emulator.fetch(LUMA, post(lumaBody))
  await clock.sleep(1_000)
  const { balance_cents } = await (await emulator.fetch(BALANCE, get)).json()
  expect(balance_cents).toBe(100)
})
