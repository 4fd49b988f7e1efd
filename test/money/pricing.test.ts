import { createEmulator } from 'runapi-video/testing'
import { expect, expectTypeOf, onTestFinished, test } from 'vitest'
import type { PriceQuote } from '../../src/index'
import { canned } from '../support/canned'

const QUOTE = {
  service: 'luma',
  action: 'modify_video',
  model: 'luma-modify-video',
  pricing_status: 'available',
  currency: 'USD',
  reservation_amount_cents: 50,
  estimate_basis: 'exact',
  as_of: '2026-11-21T00:00:00.000000Z',
}
const SCHEDULES = {
  as_of: '2026-11-21T00:00:00.000000Z',
  price_schedules: [
    {
      service: 'hailuo',
      action: 'text_to_video',
      model: 'hailuo-02-text-to-video-pro',
      pricing_status: 'available',
      currency: 'USD',
      billing_unit: 'call',
      billing_strategy: 'flat',
      unit_price_cents: 57,
      billing_config: {},
    },
  ],
}

const withoutKey = () => {
  const key = process.env.RUNAPI_API_KEY
  delete process.env.RUNAPI_API_KEY
  onTestFinished(() => {
    if (key !== undefined) process.env.RUNAPI_API_KEY = key
  })
}

test('a quote asks for service, action, model and the other parameters', async () => {
  const { runapi, sent } = canned([[200, { price_quote: { ...QUOTE, discount_cents: 5 } }]])
  const params = { prompt: 'fog', source_video_url: 'https://example.com/park-walk.mp4' }
  const quote = await runapi.pricing.quote('luma.modifyVideo', params)
  expectTypeOf(quote).toEqualTypeOf<PriceQuote>()
  expect(quote).toEqual({ ...QUOTE, discount_cents: 5 })
  expect(sent).toMatchObject([
    {
      method: 'POST',
      url: 'https://runapi.ai/api/v1/price_quotes',
      headers: { authorization: 'Bearer test-key' },
    },
  ])
  expect(sent[0]?.body).toEqual({
    service: 'luma',
    action: 'modify_video',
    model: 'luma-modify-video',
    params,
  })
})

test('a quote checks the parameters first', async () => {
  const { runapi, sent } = canned([])
  const model = 'hailuo-02-text-to-video-pro'
  // @ts-expect-error pro has no duration
  const quote = runapi.pricing.quote('hailuo.textToVideo', { model, prompt: ' ', duration_seconds: 6 })
  const issues = [{ field: 'prompt' }, { field: 'duration_seconds' }]
  await expect(quote).rejects.toMatchObject({ code: 'validation', issues })
  expect(sent).toHaveLength(0)
})

test('a quote of an own endpoint is asked for by its definition', async () => {
  const { runapi, sent } = canned([[200, { price_quote: QUOTE }]])
  const params = {
    '~standard': {
      version: 1,
      vendor: 'own',
      validate: (value: unknown) => ({ value: value as { size: 1 } }),
    },
  } as const
  await runapi.pricing.quote(
    { name: 'flux.textToImage', path: '/api/v1/flux/text_to_image', params },
    { size: 1 },
  )
  expect(sent[0]?.body).toEqual({ service: 'flux', action: 'text_to_image', params: { size: 1 } })
})

test('a name that no endpoint has is refused', async () => {
  const { runapi } = canned([])
  await expect(runapi.pricing.quote('flux.textToImage' as never, {} as never)).rejects.toMatchObject({
    code: 'configuration',
  })
})

test('a quote is asked for again after a 503: it buys nothing', async () => {
  const { runapi, sent } = canned([[503], [200, { price_quote: QUOTE }]], {
    clock: createEmulator().clock,
  })
  await runapi.pricing.quote('luma.modifyVideo', {
    prompt: 'fog',
    source_video_url: 'https://example.com/a.mp4',
  })
  expect(sent).toHaveLength(2)
})

test.each([[{}], [{ price_quote: 5 }], [[]], ['']])('%j is not a quote', async (body) => {
  const { runapi } = canned([[200, body]])
  await expect(
    runapi.pricing.quote('luma.modifyVideo', {
      prompt: 'fog',
      source_video_url: 'https://example.com/a.mp4',
    }),
  ).rejects.toMatchObject({ code: 'malformed_response' })
})

test('prices need no key', async () => {
  withoutKey()
  for (const apiKey of [undefined, null]) {
    const { runapi, sent } = canned(
      [
        [200, SCHEDULES],
        [200, { price_quote: QUOTE }],
      ],
      { apiKey },
    )
    await runapi.pricing.schedules()
    await runapi.pricing.quote('hailuo.textToVideo', { model: 'hailuo-02-text-to-video-pro', prompt: 'fog' })
    for (const { headers } of sent) expect(headers).not.toHaveProperty('authorization')
    await expect(runapi.account.balance()).rejects.toMatchObject({ code: 'configuration' })
    expect(sent).toHaveLength(2)
  }
})

test('schedules ask for the part that is named', async () => {
  const { runapi, sent } = canned([
    [200, SCHEDULES],
    [200, SCHEDULES],
  ])
  expect(await runapi.pricing.schedules()).toEqual(SCHEDULES)
  await runapi.pricing.schedules({ service: 'hailuo', action: 'text_to_video', model: undefined })
  expect(sent.map(({ url }) => url)).toEqual([
    'https://runapi.ai/api/v1/price_schedules',
    'https://runapi.ai/api/v1/price_schedules?service=hailuo&action=text_to_video',
  ])
})

test('a line of the list may lack every price, and keeps its unknown fields', async () => {
  const line = {
    ...SCHEDULES.price_schedules[0],
    catalog_status: 'maintenance',
    unit_price_cents: null,
    input_price_cents: null,
  }
  const { runapi } = canned([[200, { price_schedules: [line] }]])
  const { price_schedules } = await runapi.pricing.schedules()
  expect(price_schedules).toEqual([line])
  expectTypeOf(price_schedules[0]?.catalog_status).toEqualTypeOf<string | undefined>()
})

test('a quote may name no model', async () => {
  const { runapi } = canned([[200, { price_quote: { ...QUOTE, model: null } }]])
  const params = { prompt: 'fog', source_video_url: 'https://example.com/park-walk.mp4' }
  const { model } = await runapi.pricing.quote('luma.modifyVideo', params)
  expect(model).toBeNull()
})

test('a filter that is not an object is refused', async () => {
  const { runapi, sent } = canned([])
  await expect(runapi.pricing.schedules('hailuo' as never)).rejects.toMatchObject({ code: 'configuration' })
  expect(sent).toHaveLength(0)
})

test('a 304 that nobody asked for is malformed', async () => {
  const { runapi } = canned([[304]])
  await expect(runapi.pricing.schedules()).rejects.toMatchObject({ status: 304 })
})
