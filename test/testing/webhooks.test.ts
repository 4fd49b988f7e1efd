import { createEmulator, type EmulatorOptions, type ScriptedDelivery } from 'runapi-video/testing'
import { verifyWebhook } from 'runapi-video/webhooks'
import { expect, onTestFinished, test, vi } from 'vitest'
import { LUMA, lumaBody, post } from './wire'

const CALLBACK = 'https://app.example.com/hooks/runapi'

/** An emulator whose deliveries are answered with these statuses in turn, then with 204. */
const delivering = (statuses: number[] = [], options: EmulatorOptions = {}) => {
  const received: { text: string; headers: Headers; atMs: number }[] = []
  const emulator = createEmulator({
    deliver: async (request) => {
      received.push({ text: await request.text(), headers: request.headers, atMs: clock.monotonic() })
      return new Response(null, { status: statuses.shift() ?? 204 })
    },
    ...options,
  })
  const { clock } = emulator
  const create = (id: string, webhooks?: ScriptedDelivery[], callback_url = CALLBACK) => {
    emulator.next({ id, takesMs: 60_000, ...(webhooks && { webhooks }) })
    return emulator.fetch(LUMA, post({ ...lumaBody, callback_url }))
  }
  return { emulator, clock, create, received }
}

test('delivers the status envelope, signed, when the task ends', async () => {
  const { emulator, clock, create, received } = delivering()
  await create('tsk_abc123')
  await clock.sleep(59_999)
  expect(received).toHaveLength(0)
  await clock.sleep(1)
  const [delivery] = received
  expect(JSON.parse(delivery?.text ?? '')).toEqual({
    id: 'tsk_abc123',
    status: 'completed',
    videos: [{ url: 'https://tempfile.runapi.ai/results/tsk_abc123.mp4' }],
    sources: [{ url: 'https://tempfile.runapi.ai/results/tsk_abc123/input.mp4' }],
    usage: { cost: 0.5 },
  })
  expect(delivery?.headers.get('content-type')).toBe('application/json')
  const event = await verifyWebhook(
    delivery?.text ?? '',
    delivery?.headers ?? new Headers(),
    emulator.callbackSecret,
  )
  expect(event).toMatchObject({ taskId: 'tsk_abc123', task: { status: 'completed' } })
  expect(event.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('delivers a failure too', async () => {
  const { emulator, clock, received } = delivering()
  emulator.next({ id: 'tsk_abc123', takesMs: 10, outcome: 'failed' })
  await emulator.fetch(LUMA, post({ ...lumaBody, callback_url: CALLBACK }))
  await clock.sleep(10)
  expect(received.map(({ text }) => text)).toEqual([
    '{"id":"tsk_abc123","status":"failed","error":"Generation failed"}',
  ])
})

test('records each attempt', async () => {
  const { emulator, clock, create, received } = delivering()
  await create('tsk_abc123')
  await clock.sleep(60_000)
  expect(emulator.deliveries).toEqual([
    {
      id: received[0]?.headers.get('x-callback-id'),
      taskId: 'tsk_abc123',
      url: CALLBACK,
      attempt: 1,
      headers: Object.fromEntries(received[0]?.headers ?? []),
      body: received[0]?.text,
      atMs: Date.parse('2026-01-01T00:01:00.000Z'),
      status: 204,
    },
  ])
})

test('delivers again after an answer that is no 2xx, with the same id and a signature of its own time', async () => {
  const { emulator, clock, create, received } = delivering([500, 302, 429])
  await create('tsk_abc123')
  await clock.sleep(7_200_000)
  expect(received.map(({ atMs }) => atMs)).toEqual([60_000, 65_000, 95_000, 215_000])
  expect(new Set(received.map(({ headers }) => headers.get('x-callback-id'))).size).toBe(1)
  expect(emulator.deliveries.map(({ attempt, status }) => [attempt, status])).toEqual([
    [1, 500],
    [2, 302],
    [3, 429],
    [4, 204],
  ])
})

test('gives up after six attempts', async () => {
  const { clock, create, received } = delivering(Array(20).fill(503))
  await create('tsk_abc123')
  await clock.sleep(86_400_000)
  expect(received).toHaveLength(6)
})

test('a receiver that throws or does not answer gets the delivery again', async () => {
  let calls = 0
  const { emulator, clock, create } = delivering([], {
    deliver: () => {
      calls += 1
      if (calls === 1) throw new Error('database is down')
      return calls === 2 ? new Promise<Response>(() => {}) : new Response()
    },
  })
  await create('tsk_abc123')
  await clock.sleep(300_000)
  expect(emulator.deliveries.map(({ status, error }) => status ?? error)).toEqual([
    'database is down',
    'no answer within 10 s',
    200,
  ])
})

test('a receiver may sleep on the virtual clock', async () => {
  const { emulator, clock, create } = delivering([], {
    deliver: async () => {
      await clock.sleep(2_000)
      return new Response()
    },
  })
  await create('tsk_abc123')
  await clock.sleep(63_000)
  expect(emulator.deliveries).toMatchObject([{ attempt: 1, status: 200 }])
})

test('an empty list drops the webhook', async () => {
  const { emulator, clock, create } = delivering()
  await create('tsk_abc123', [])
  await clock.sleep(7_200_000)
  expect(emulator.deliveries).toEqual([])
})

test('two entries duplicate the webhook under one id', async () => {
  const { clock, create, received } = delivering()
  await create('tsk_abc123', [{}, { delayMs: 30_000 }])
  await clock.sleep(120_000)
  expect(received.map(({ atMs }) => atMs)).toEqual([60_000, 90_000])
  expect(new Set(received.map(({ headers }) => headers.get('x-callback-id'))).size).toBe(1)
})

test('delays bring webhooks out of order', async () => {
  const { emulator, clock, create } = delivering()
  await create('a', [{ delayMs: 5_000 }])
  await create('b')
  await clock.sleep(120_000)
  expect(emulator.deliveries.map(({ taskId }) => taskId)).toEqual(['b', 'a'])
})

test('a forged, an unsigned and a garbled webhook can be scripted', async () => {
  const { emulator, clock, create, received } = delivering()
  await create('tsk_abc123', [
    { secret: btoa('another secret') },
    { secret: null },
    { body: 'not json' },
    { body: { id: 'tsk_abc123', status: 'archived' } },
  ])
  await clock.sleep(60_000)
  const verdicts = received.map(({ text, headers }) =>
    verifyWebhook(text, headers, emulator.callbackSecret).then(
      ({ task }) => task.rawStatus,
      ({ reason }) => reason,
    ),
  )
  expect((await Promise.all(verdicts)).sort()).toEqual(['archived', 'bad_body', 'missing_header', 'no_match'])
})

test('signs with the secret that it was given', async () => {
  const callbackSecret = btoa('my own secret')
  const { emulator, clock, create, received } = delivering([], { callbackSecret })
  await create('tsk_abc123')
  await clock.sleep(60_000)
  expect(emulator.callbackSecret).toBe(callbackSecret)
  const [{ text, headers } = { text: '', headers: new Headers() }] = received
  await expect(verifyWebhook(text, headers, callbackSecret)).resolves.toMatchObject({ taskId: 'tsk_abc123' })
  expect(() => createEmulator({ callbackSecret: 'not base64!' })).toThrow('base64')
})

test('the default secret stays the same from emulator to emulator', () => {
  expect(createEmulator().callbackSecret).toBe('Y2FsbGJhY2sgc2VjcmV0IG9mIHRoZSBlbXVsYXRvcg==')
})

test('without a deliver function nothing is sent to other hosts', async () => {
  const emulator = createEmulator({ takesMs: 10 })
  const { clock } = emulator
  const sent: unknown[] = []
  vi.stubGlobal('fetch', async (request: unknown) => {
    sent.push(request)
    return new Response()
  })
  onTestFinished(() => void vi.unstubAllGlobals())
  for (const callback_url of [CALLBACK, 'http://127.0.0.1.example.com/', 'http://192.168.0.1/']) {
    await emulator.fetch(LUMA, post({ ...lumaBody, callback_url }))
  }
  await clock.sleep(7_200_000)
  expect(sent).toEqual([])
  expect(emulator.deliveries.map(({ error }) => error?.slice(0, 9))).toEqual([
    'not sent:',
    'not sent:',
    'not sent:',
  ])
})

test('without a deliver function loopback receivers are reached through the global fetch, and no further', async () => {
  const { createServer } = await import('node:http')
  const paths: unknown[] = []
  const server = createServer((request, response) => {
    paths.push(request.url)
    response.writeHead(307, { location: `http://${request.headers.host}/elsewhere` }).end('moved')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const emulator = createEmulator({ takesMs: 20 })
  onTestFinished(async () => {
    await emulator.close()
    server.close()
  })
  const { port } = server.address() as { port: number }
  await emulator.fetch(LUMA, post({ ...lumaBody, callback_url: `http://localhost:${port}/hook` }))
  await vi.waitFor(() => expect(emulator.deliveries).toMatchObject([{ status: 307 }]))
  expect(paths).toEqual(['/hook'])
})

test('hosts that are named are reached too, such as another container', async () => {
  const sent: string[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push(request.url)
    return new Response()
  })
  onTestFinished(() => void vi.unstubAllGlobals())
  const emulator = createEmulator({ webhookHosts: ['app'] })
  const { clock } = emulator
  for (const url of ['http://app:3000/hook', 'https://example.com/hook']) {
    emulator.next({ takesMs: 1_000 })
    await emulator.fetch(LUMA, post({ ...lumaBody, callback_url: url }))
    // One after the other: a delivery that is refused needs no signature, and would overtake one that is sent.
    await clock.sleep(2_000)
  }
  expect(sent).toEqual(['http://app:3000/hook'])
  expect(emulator.deliveries.map(({ status, error }) => status ?? error)).toEqual([
    200,
    expect.stringContaining('not sent: example.com is not a loopback host'),
  ])
})

test('closing the emulator ends its deliveries', async () => {
  const { emulator, clock, create, received } = delivering([500])
  await create('tsk_abc123')
  await clock.sleep(60_000)
  await emulator.close()
  await clock.sleep(7_200_000)
  expect(received).toHaveLength(1)
})

test('time does not pass for a webhook alone', async () => {
  const { clock, create } = delivering()
  await create('tsk_abc123')
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(clock.monotonic()).toBe(0)
})

test('a replayed create delivers once', async () => {
  const { emulator, clock, received } = delivering()
  const keyed = post({ ...lumaBody, callback_url: CALLBACK }, { 'idempotency-key': 'order-1' })
  await emulator.fetch(LUMA, keyed)
  await emulator.fetch(LUMA, keyed)
  await clock.sleep(120_000)
  expect(received).toHaveLength(1)
})

test('webhooks are delivered while fake timers are installed', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { emulator, clock, create } = delivering([500])
  await create('tsk_abc123')
  await clock.sleep(65_000)
  expect(emulator.deliveries.map(({ status }) => status)).toEqual([500, 204])
})

test('webhooks are delivered when fake timers were there first, and a receiver may sleep', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  vi.resetModules()
  const { createEmulator: createLate } = await import('runapi-video/testing')
  const emulator = createLate({
    takesMs: 60_000,
    deliver: async () => {
      await clock.sleep(1_000)
      return new Response()
    },
  })
  const { clock } = emulator
  await emulator.fetch(LUMA, post({ ...lumaBody, callback_url: CALLBACK }))
  await clock.sleep(70_000)
  expect(emulator.deliveries).toMatchObject([{ status: 200 }])
})

test('without the virtual clock fake timers bring the webhook when they are advanced', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const received: string[] = []
  const emulator = createEmulator({
    deliver: async (request) => {
      received.push(await request.text())
      return new Response()
    },
  })
  await emulator.fetch(LUMA, post({ ...lumaBody, callback_url: CALLBACK }))
  await vi.advanceTimersByTimeAsync(61_999)
  expect(received).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(1)
  vi.useRealTimers()
  await vi.waitFor(() => expect(received).toHaveLength(1))
})
