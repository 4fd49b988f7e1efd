import { type Order, RunApiClient, type Step } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { signWebhook } from 'runapi-video/webhooks'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { codeBlocks } from './support/code-blocks'
import { runProgram } from './support/run-program'

const blocks = codeBlocks('docs/serverless.md')
const SECRET = btoa('secret of the guide')

beforeEach(() => {
  vi.stubEnv('RUNAPI_API_KEY', 'key-of-the-guide')
  vi.stubEnv('RUNAPI_CALLBACK_SECRET', SECRET)
})
afterEach(() => {
  vi.unstubAllEnvs()
})

type Handler = (...given: unknown[]) => Promise<Response>

const emulator = () => createEmulator({ takesMs: 60_000 })
type Emulator = ReturnType<typeof emulator>

/** What the block that exports a function of this name exports under it. */
const exported = async (name: string, service: Emulator): Promise<Handler> => {
  const block = blocks.find(({ text }) => text.includes(`function ${name}(`))
  const { exports } = await runProgram(block?.text ?? '', { emulator: service })
  return exports[name] as Handler
}

const order = () =>
  new Request('https://your.app/videos', {
    method: 'POST',
    body: JSON.stringify({ orderId: 'order-1001', prompt: 'Rain' }),
  })

test("the guide's create answers 202 with a handle, and the same one for the same order", async () => {
  const service = emulator()
  const create = await exported('create', service)
  const first = await create(order())
  expect(first.status).toBe(202)
  const handle = await first.json()
  expect((await (await create(order())).json()).id).toBe(handle.id)
  expect(service.tasks).toHaveLength(1)
})

test("the guide's create refuses an order without an id and buys nothing", async () => {
  const service = emulator()
  const create = await exported('create', service)
  for (const body of [
    '',
    '{',
    'null',
    '{}',
    '{"prompt":"Rain"}',
    '{"orderId":"","prompt":"Rain"}',
    '{"orderId":"a"}',
  ])
    expect((await create(new Request('https://your.app/videos', { method: 'POST', body }))).status).toBe(400)
  expect(service.tasks).toEqual([])
})

test("the guide's status shows the video and not the cost, and 404 for a task that is gone", async () => {
  const service = emulator()
  const stored = await (await (await exported('create', service))(order())).text()
  const status = await exported('status', service)
  await service.clock.sleep(60_000)
  expect(await (await status(stored)).json()).toEqual({
    status: 'completed',
    videos: [{ url: expect.stringMatching(/\.mp4$/) }],
  })
  const lost = JSON.stringify({ v: 1, endpoint: 'hailuo.textToVideo', id: 'tsk_lost' })
  expect((await status(lost)).status).toBe(404)
})

test("the guide's status sends one request", async () => {
  const service = emulator()
  const stored = await (await (await exported('create', service))(order())).text()
  const status = await exported('status', service)
  const before = service.requests.length
  expect(await (await status(stored)).json()).toMatchObject({ status: 'pending' })
  expect(service.requests).toHaveLength(before + 1)
})

test("the guide's route adds the key to a page's creates and polls, and forwards nothing else", async () => {
  const service = createEmulator({ takesMs: 60_000, apiKey: 'key-of-the-guide' })
  const forward = await exported('forward', service)
  const base = 'https://your.app/api/runapi'
  const page = new RunApiClient({
    baseUrl: base,
    apiKey: null,
    clock: service.clock,
    fetch: (url, init) => forward(new Request(url, init)),
  })
  const params = { model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' } as const
  const creating = page.hailuo.textToVideo(params, { idempotencyKey: 'order-1001' })
  expect((await creating.wait()).videos).toHaveLength(1)
  expect(service.tasks.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['order-1001'])

  const before = service.requests.length
  for (const path of ['/api/v1/me', '/api/v1/luma/modify_video/a/b', '/api/v1/luma/%2e%2e/me'])
    expect((await forward(new Request(base + path))).status).toBe(404)
  expect(service.requests).toHaveLength(before)
})

test("the guide's webhook takes a signed delivery and refuses a changed one", async () => {
  const finish = await exported('finish', emulator())
  const body = JSON.stringify({ id: 'tsk_1', status: 'failed', error: 'Generation failed' })
  const headers = { ...(await signWebhook(body, SECRET)) }
  const delivery = (text: string) =>
    new Request('https://your.app/webhooks/runapi', { method: 'POST', body: text, headers })
  expect((await finish(delivery(body))).status).toBe(204)
  expect((await finish(delivery(`${body} `))).status).toBe(400)
})

test("the guide's workflow step names the next delay, and ends with the state", async () => {
  const service = emulator()
  const step = (await exported('step', service)) as unknown as (order: Order) => Promise<Step>
  const params = { model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' }
  const bought = await step({ key: 'order-1001', endpoint: 'hailuo.textToVideo', params })
  expect(bought).toMatchObject({ sleepMs: expect.any(Number), order: { task: { id: expect.any(String) } } })
  await service.clock.sleep(60_000)
  expect(await step(bought.order)).toMatchObject({ completed: { status: 'completed' } })
  expect(service.tasks).toHaveLength(1)
})
