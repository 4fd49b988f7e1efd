import {
  advance,
  type Order,
  RunApiClient,
  type RunApiClientOptions,
  RunApiError,
  type Step,
} from 'runapi-video'
import { memoryStore, openLedger } from 'runapi-video/ledger'
import { createEmulator, type Fault, type TaskScript } from 'runapi-video/testing'
import { expect, test } from 'vitest'

const params = { prompt: 'Fog over the park', source_video_url: 'https://example.com/park-walk.mp4' }
const order: Order = { key: 'order-1', endpoint: 'luma.modifyVideo', params }

const place = (faults: Partial<Record<string, Fault[]>> = {}, options: RunApiClientOptions = {}) => {
  const emulator = createEmulator({
    fault: ({ request }) => faults[request.method]?.shift() ?? 'ok',
  })
  const { fetch, clock } = emulator
  const runapi = new RunApiClient({ apiKey: 'key', fetch, clock, logLevel: 'off', ...options })
  return { emulator, runapi, clock }
}

/** Each step as an engine makes it: everything travels as JSON. */
const stepOf = async (runapi: RunApiClient, given: Order): Promise<Step> =>
  JSON.parse(JSON.stringify(await advance(runapi, JSON.parse(JSON.stringify(given)))))

const errorOf = (promise: Promise<unknown>): Promise<RunApiError> =>
  promise.then(
    () => Promise.reject(new Error('no error')),
    (error) => error,
  )

/** An order whose task is bought, so old in milliseconds. */
const bought = async ({ runapi, clock }: ReturnType<typeof place>, ageMs = 0): Promise<Order> => {
  const step = await stepOf(runapi, order)
  await clock.sleep(ageMs)
  return step.order
}

test('an order is bought, polled by its schedule, and completed', async () => {
  const { emulator, runapi, clock } = place()
  emulator.next({ takesMs: 60_000 })
  let step = await stepOf(runapi, order)
  expect(step).toMatchObject({ order: { ...order, task: { endpoint: 'luma.modifyVideo' }, polls: 0 } })
  let steps = 0
  while ('sleepMs' in step) {
    const before = emulator.requests.length
    await clock.sleep(step.sleepMs)
    step = await stepOf(runapi, step.order)
    expect(emulator.requests).toHaveLength(before + 1)
    expect(step.order.polls).toBe(++steps)
  }
  expect(step).toMatchObject({ completed: { status: 'completed', videos: [{ url: expect.any(String) }] } })
  expect(emulator.tasks).toHaveLength(1)
  expect(steps).toBeLessThan(15)
})

test('a failed generation is the end, as data', async () => {
  const here = place()
  here.emulator.next({ outcome: 'failed' })
  const step = await stepOf(here.runapi, await bought(here, 300_000))
  expect(step).toMatchObject({ failed: { status: 'failed', error: { message: expect.any(String) } } })
})

test('the same step again, from the same order, buys nothing twice', async () => {
  const { emulator, runapi } = place()
  const [one, two] = [await stepOf(runapi, order), await stepOf(runapi, order)]
  expect(one.order.task?.id).toBe(two.order.task?.id)
  expect(emulator.tasks).toHaveLength(1)
})

test('broken rules and orders are refused, and nothing is sent', async () => {
  const { emulator, runapi } = place()
  const broken: [Partial<Order>, string][] = [
    [{ params: { ...params, prompt: '' } }, 'validation'],
    [{ params: { ...params, colour: 'red' } }, 'validation'],
    [{ params: undefined as never }, 'validation'],
    [{ key: '' }, 'configuration'],
    [{ key: undefined as never }, 'configuration'],
    [{ options: { validat: false } as never }, 'configuration'],
    [{ options: { extraParams: 5 } as never }, 'configuration'],
  ]
  for (const [fields, code] of broken) {
    const step = await stepOf(runapi, { ...order, ...fields })
    expect(step).toMatchObject({ order: { endpoint: order.endpoint }, refused: { code, retryable: false } })
  }
  expect(emulator.requests).toEqual([])
})

test.each([400, 422, 402, 409, 413, 415])('before the purchase, %i is a refusal', async (status) => {
  const { runapi } = place({ POST: [{ status }] })
  expect(await stepOf(runapi, order)).toMatchObject({ order, refused: { status } })
})

test.each([401, 403, 404, 500, 503, 455, 408])(
  'before the purchase, %i is thrown, and the same order goes on',
  async (status) => {
    const { emulator, runapi } = place({ POST: [{ status }] })
    const error = await errorOf(stepOf(runapi, order))
    expect(RunApiError.is(error)).toBe(true)
    expect(error.idempotencyKey).toBe('order-1')
    expect(await stepOf(runapi, order)).toMatchObject({ order: { polls: 0 } })
    expect(emulator.tasks).toHaveLength(1)
  },
)

test.each<Fault>(['lose-answer', 'stall', { body: '<html>', carryOut: true }, { delayMs: 60_000 }])(
  'before the purchase, %o is thrown, and the same order gets the task that was bought',
  async (fault) => {
    const { emulator, runapi, clock } = place({ POST: [fault] })
    const startedAt = clock.monotonic()
    const error = await errorOf(stepOf(runapi, order))
    expect(clock.monotonic() - startedAt).toBeLessThanOrEqual(10_000)
    expect(error).toMatchObject({ idempotencyKey: 'order-1' })
    await stepOf(runapi, order)
    expect(emulator.tasks).toHaveLength(1)
  },
)

test('before the purchase, a 429 says when to come back', async () => {
  const { runapi } = place({ POST: [{ status: 429, retryAfter: 90 }, { status: 429 }] })
  expect(await stepOf(runapi, order)).toEqual({ order, sleepMs: 90_000 })
  const step = await stepOf(runapi, order)
  expect(step).toMatchObject({ order })
  expect((step as { sleepMs: number }).sleepMs).toBeGreaterThan(1_000)
})

test('a page of a proxy is not a refusal of the service', async () => {
  const { runapi } = place({ POST: [{ status: 400, body: '<html>Blocked</html>' }] })
  expect(await errorOf(stepOf(runapi, order))).toMatchObject({ status: 400 })
})

test('what the client lacks is thrown: it can be mended', async () => {
  const { emulator, runapi } = place({}, { apiKey: '' })
  expect(await errorOf(stepOf(runapi, order))).toMatchObject({ code: 'configuration' })
  expect(await errorOf(stepOf(place().runapi, { ...order, endpoint: 'flux.textToVideo' }))).toMatchObject({
    message: expect.stringContaining('runapi.endpoint()'),
  })
  expect(await errorOf(advance({} as never, order))).toMatchObject({
    message: expect.stringContaining('runapi'),
  })
  expect(await errorOf(advance(runapi, 5 as never))).toMatchObject({
    message: expect.stringContaining('order'),
  })
  expect(emulator.requests).toEqual([])
})

test.each([401, 403, 404, 422])(
  'after the purchase, %i is thrown with the task, and the same order goes on',
  async (status) => {
    const here = place({ GET: [{ status }] })
    const stored = await bought(here, 300_000)
    const error = await errorOf(stepOf(here.runapi, stored))
    expect(error.task?.id).toBe(stored.task?.id)
    expect(await stepOf(here.runapi, stored)).toMatchObject({ completed: {} })
  },
)

test('after the purchase, a 404 within the grace of a fresh task is not yet', async () => {
  const here = place({ GET: [{ status: 404 }] })
  const stored = await bought(here, 5_000)
  expect(await stepOf(here.runapi, stored)).toMatchObject({
    order: { polls: 1 },
    sleepMs: expect.any(Number),
  })
})

test.each<Fault>([
  { status: 500 },
  { status: 503 },
  { status: 408 },
  'lose-answer',
  'stall',
  { body: '<html>' },
])('after the purchase, %o is not the end: the order comes back later', async (fault) => {
  const here = place({ GET: [fault] })
  const stored = await bought(here, 300_000)
  const startedAt = here.clock.monotonic()
  expect(await stepOf(here.runapi, stored)).toMatchObject({
    order: { polls: 1 },
    sleepMs: expect.any(Number),
  })
  expect(here.clock.monotonic() - startedAt).toBeLessThanOrEqual(10_000)
  expect(await stepOf(here.runapi, stored)).toMatchObject({ completed: {} })
})

test('after the purchase, a Retry-After is the least', async () => {
  const here = place({ GET: [{ status: 429, retryAfter: 40 }] })
  const stored = await bought(here, 300_000)
  const step = (await stepOf(here.runapi, stored)) as { sleepMs: number }
  expect(step.sleepMs).toBeGreaterThanOrEqual(40_000)
})

test('a task that another service made is not asked for', async () => {
  const here = place()
  const stored = await bought(here)
  const elsewhere = new RunApiClient({ apiKey: 'key', baseUrl: 'http://127.0.0.1:4010' })
  expect(await errorOf(stepOf(elsewhere, stored))).toMatchObject({ code: 'configuration' })
})

test('an endpoint of one’s own advances as the others', async () => {
  const accept = {
    '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
  } as const
  const definition = { name: 'flux.textToVideo', path: '/api/v1/flux/text_to_video', params: accept }
  const emulator = createEmulator({ endpoints: [definition] })
  const { fetch, clock } = emulator
  const runapi = new RunApiClient({ apiKey: 'key', fetch, clock })
  runapi.endpoint(definition)
  const scripts: TaskScript = { takesMs: 0 }
  emulator.next(scripts)
  const step = await stepOf(runapi.withOptions({ timeoutMs: 5_000 }), {
    key: 'a',
    endpoint: definition.name,
    params: { prompt: 'x' },
  })
  await clock.sleep(10_000)
  expect(await stepOf(runapi, step.order)).toMatchObject({ completed: {} })
})

test('what a database keeps as null is absent', async () => {
  const { runapi, emulator } = place()
  const kept = { ...order, task: null, polls: null, options: null } as unknown as Order
  expect(await stepOf(runapi, kept)).toMatchObject({
    order: { polls: 0, task: { idempotencyKey: 'order-1' } },
  })
  expect(emulator.tasks).toHaveLength(1)
})

test('an order that is none is thrown as a typed error', async () => {
  const { runapi } = place()
  for (const wrong of [undefined, null, 5, 'order-1', []])
    expect(await errorOf(advance(runapi, wrong as never))).toMatchObject({ code: 'configuration' })
})

test.each<[string, () => number]>([
  [
    'throws',
    () => {
      throw new Error('broken')
    },
  ],
  ['gives NaN', () => Number.NaN],
  ['gives Infinity', () => Infinity],
  ['gives less than 0', () => -5],
])('a schedule that %s does not lose the task that was bought', async (_, schedule) => {
  const accept = {
    '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
  } as const
  const definition = {
    name: 'flux.textToVideo',
    path: '/api/v1/flux/text_to_video',
    params: accept,
    schedule,
  }
  const emulator = createEmulator({ endpoints: [definition] })
  const { fetch, clock } = emulator
  const runapi = new RunApiClient({ apiKey: 'key', fetch, clock, logLevel: 'off' })
  runapi.endpoint(definition)
  const step = await stepOf(runapi, { ...order, endpoint: definition.name })
  expect(step).toMatchObject({ order: { task: { idempotencyKey: 'order-1' }, polls: 0 } })
  expect((step as { sleepMs: number }).sleepMs).toBeGreaterThan(0)
  const polled = await stepOf(runapi, step.order)
  expect((polled as { sleepMs: number }).sleepMs).toBeGreaterThan(0)
})

test.each([401, 408, 429, 500, 503])(
  'where the ledger’s price does not come for a %i, the order is not refused for ever',
  async (status) => {
    const emulator = createEmulator({
      fault: ({ request }) => (request.path.endsWith('price_quotes') ? { status } : 'ok'),
    })
    const { fetch, clock } = emulator
    const ledger = openLedger(memoryStore(), { limitCents: 100 })
    const runapi = new RunApiClient({ apiKey: 'key', fetch, clock, ledger, logLevel: 'off' })
    expect(await errorOf(advance(runapi, order))).toMatchObject({ code: 'spending_limit' })
  },
)

test('tags that a ledger cannot keep are refused', async () => {
  const { runapi, emulator } = place({}, { ledger: openLedger(memoryStore()) })
  const options = { tags: { customer: 5 } } as never
  expect(await stepOf(runapi, { ...order, options })).toMatchObject({
    refused: { code: 'configuration', message: expect.stringContaining('tags.customer: must be text') },
  })
  expect(emulator.requests).toEqual([])
})

test('an order beyond the ledger’s limit is refused', async () => {
  const { runapi } = place({}, { ledger: openLedger(memoryStore(), { limitCents: 49 }) })
  expect(await stepOf(runapi, order)).toMatchObject({ refused: { code: 'spending_limit', priceCents: 50 } })
})

test.each([402, 409])('without a ledger, a refusal (%i) speaks for its own step', async (status) => {
  const here = place({ POST: ['lose-answer', { status }] })
  await errorOf(stepOf(here.runapi, order))
  expect(await stepOf(here.runapi, order)).toMatchObject({ order, refused: { status } })
})

test.each([400, 402, 409])(
  'with a ledger, a %i after a lost answer is not a refusal of the order',
  async (status) => {
    const here = place({ POST: ['lose-answer', { status }] }, { ledger: openLedger(memoryStore()) })
    await errorOf(stepOf(here.runapi, order))
    expect(await errorOf(stepOf(here.runapi, order))).toMatchObject({ code: 'unknown_outcome' })
    expect(await stepOf(here.runapi, order)).toMatchObject({ order: { polls: 0 } })
    expect(here.emulator.tasks).toHaveLength(1)
  },
)
