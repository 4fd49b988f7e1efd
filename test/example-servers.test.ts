import { readFile } from 'node:fs/promises'
import { createEmulator, type Emulator } from 'runapi-video/testing'
import { signWebhook } from 'runapi-video/webhooks'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runProgram } from './support/run-program'

const APP = 'https://your.app'
const SECRET = btoa('secret of the examples')

beforeEach(() => {
  vi.stubEnv('RUNAPI_API_KEY', 'key-of-the-examples')
  vi.stubEnv('RUNAPI_CALLBACK_SECRET', SECRET)
  vi.stubEnv('PUBLIC_URL', APP)
})
afterEach(() => {
  vi.unstubAllEnvs()
})

type Serve = (request: Request) => Promise<Response>

const load = async (emulator: Emulator, path: string) => {
  const text = await readFile(`examples/${path}`, 'utf8')
  const { exports, lines } = await runProgram(text, { emulator })
  return { exports: exports as Record<string, never>, lines }
}

/** Each example as a function from request to response, and what it printed. */
const servers: Record<string, (emulator: Emulator) => Promise<Serve>> = {
  bun: async (emulator) => {
    const { exports } = await load(emulator, 'bun/server.ts')
    return (exports.default as unknown as { fetch: Serve }).fetch
  },
  deno: async (emulator) => {
    const { exports } = await load(emulator, 'deno/server.ts')
    return (exports.default as unknown as { fetch: Serve }).fetch
  },
  'cloudflare-worker': async (emulator) => {
    const { exports } = await load(emulator, 'cloudflare-worker/worker.ts')
    const worker = exports.default as unknown as { fetch: (...given: unknown[]) => Promise<Response> }
    const copies: Promise<unknown>[] = []
    const context = { waitUntil: (work: Promise<unknown>) => copies.push(work) }
    const { RUNAPI_API_KEY, RUNAPI_CALLBACK_SECRET } = process.env
    const env = { RUNAPI_API_KEY, RUNAPI_CALLBACK_SECRET, VIDEOS: { put: async () => undefined } }
    return (request) => worker.fetch(request, env, context)
  },
  nextjs: async (emulator) => {
    const routes = await Promise.all(
      ['videos', 'videos/[id]', 'webhooks/runapi'].map((name) =>
        load(emulator, `nextjs/app/${name}/route.ts`),
      ),
    )
    type Route = (request: Request, context?: object) => Promise<Response>
    const [create, status, finish] = routes.map(({ exports }) => exports as unknown as Record<string, Route>)
    return async (request) => {
      const { pathname } = new URL(request.url)
      const id = /^\/videos\/([^/]+)$/.exec(pathname)?.[1]
      const route = { '/videos': create, '/webhooks/runapi': finish }[pathname] ?? (id ? status : undefined)
      const handler = route?.[request.method]
      // As Next.js answers where there is no such file, or no such export in it.
      if (handler === undefined) return new Response(null, { status: route ? 405 : 404 })
      return handler(request, { params: Promise.resolve({ id }) })
    }
  },
  'aws-lambda': async (emulator) => {
    const { exports } = await load(emulator, 'aws-lambda/handler.ts')
    type Answer = { statusCode: number; headers?: HeadersInit; body?: string }
    const handler = exports.handler as unknown as (event: object) => Promise<Answer>
    return async (request) => {
      const { statusCode, headers, body } = await handler({
        rawPath: new URL(request.url).pathname,
        requestContext: { http: { method: request.method } },
        headers: Object.fromEntries(request.headers),
        body: Buffer.from(await request.arrayBuffer()).toString('base64'),
        isBase64Encoded: true,
      })
      return new Response(body ?? null, { status: statusCode, headers: headers ?? {} })
    }
  },
}

const names = Object.keys(servers)
const started = async (name: string) => {
  const emulator = createEmulator({ takesMs: 60_000 })
  const { clock } = emulator
  const serve = (await servers[name]?.(emulator)) as Serve
  const send = (path: string, init?: RequestInit) => serve(new Request(APP + path, init))
  const post = (body: string) =>
    send('/videos', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return { emulator, clock, send, post }
}
const ORDER = JSON.stringify({ orderId: 'order-1001', prompt: 'A paper boat in a gutter' })

test.each(names)('%s refuses a body that is not an order, and buys nothing', async (name) => {
  const { emulator, post } = await started(name)
  const bodies = [
    '',
    '{"orderId":',
    'null',
    '[]',
    '"order-1001"',
    '{}',
    JSON.stringify({ prompt: 'no id' }),
    JSON.stringify({ orderId: null, prompt: 'no id' }),
    JSON.stringify({ orderId: '', prompt: 'an empty id' }),
    JSON.stringify({ orderId: 7, prompt: 'a number' }),
    JSON.stringify({ orderId: ['order-1001'], prompt: 'a list' }),
    JSON.stringify({ orderId: 'ö', prompt: 'no ASCII' }),
    JSON.stringify({ orderId: 'k'.repeat(600), prompt: 'too long' }),
    JSON.stringify({ orderId: 'order-1001' }),
    JSON.stringify({ orderId: 'order-1001', prompt: 7 }),
    JSON.stringify({ orderId: 'order-1001', prompt: ' ' }),
  ]
  for (const body of bodies) expect([body, (await post(body)).status]).toEqual([body, 400])
  expect(emulator.tasks).toEqual([])
})

test.each(names)('%s buys an order once, and refuses another one with its id', async (name) => {
  const { emulator, post } = await started(name)
  const first = await post(ORDER)
  expect(first.status).toBe(202)
  const { id } = await first.json()
  expect((await (await post(ORDER)).json()).id).toBe(id)
  expect((await post(ORDER.replace('boat', 'plane'))).status).toBe(409)
  expect(emulator.tasks).toHaveLength(1)
  emulator.assertNothingBoughtTwice()
})

test.each(names)('%s shows a visitor the video, but neither the raw answer nor the cost', async (name) => {
  const { emulator, clock, send, post } = await started(name)
  const { id } = await (await post(ORDER)).json()
  expect(await (await send(`/videos/${id}`)).json()).toEqual({ status: 'pending' })
  await clock.sleep(60_000)
  expect(await (await send(`/videos/${id}`)).json()).toEqual({
    status: 'completed',
    videos: [{ url: expect.stringMatching(/\.mp4$/) }],
  })
  emulator.next({ outcome: { failed: 'the prompt was refused' } })
  const failed = await (await post(ORDER.replace('1001', '1002'))).json()
  await clock.sleep(60_000)
  expect(await (await send(`/videos/${failed.id}`)).json()).toEqual({
    status: 'failed',
    error: 'the prompt was refused',
  })
})

test.each(names)('%s answers 404 for ids that nobody has', async (name) => {
  const { send } = await started(name)
  for (const id of ['tsk_unknown', '%2e%2e', 'a%20b', 'a.b', '%00']) {
    expect([id, (await send(`/videos/${id}`)).status]).toEqual([id, 404])
  }
})

test.each(names)('%s answers what it has no route for', async (name) => {
  const { send } = await started(name)
  for (const [path, method] of [
    ['/videos', 'GET'],
    ['/videos/tsk_1', 'DELETE'],
    ['/webhooks/runapi', 'GET'],
  ] as const) {
    expect((await send(path, { method })).status).toBeOneOf([404, 405])
  }
})

test.each(names)('%s takes a signed webhook and refuses every other one', async (name) => {
  const { send } = await started(name)
  const body = JSON.stringify({ id: 'tsk_1', status: 'failed', error: 'Generation failed' })
  const headers = { ...(await signWebhook(body, SECRET)) }
  const deliver = async (init: RequestInit) =>
    (await send('/webhooks/runapi', { method: 'POST', ...init })).status
  expect(await deliver({ body, headers })).toBe(204)
  expect(await deliver({ body: `${body} `, headers })).toBe(400)
  expect(await deliver({ body })).toBe(400)
  expect(await deliver({ headers })).toBe(400)
  expect(await deliver({})).toBe(400)
})

test.each(names)('%s without a secret for its webhooks buys nothing', async (name) => {
  for (const secret of ['', 'not base64!']) {
    vi.stubEnv('RUNAPI_CALLBACK_SECRET', secret)
    const emulator = createEmulator()
    const serve = await servers[name]?.(emulator).catch(() => undefined)
    const request = new Request(`${APP}/videos`, { method: 'POST', body: ORDER })
    const answer = await serve?.(request)
    expect([undefined, 500]).toContain(answer?.status)
    expect(emulator.tasks).toEqual([])
  }
})
