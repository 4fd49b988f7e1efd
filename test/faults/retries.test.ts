import { expect, test } from 'vitest'
import {
  answers,
  completed,
  created,
  isDeaf,
  lost,
  params,
  refused,
  rejection,
  type Step,
  scriptedClient,
} from '../support/scripted-fetch'

test('the delays between attempts stay within full jitter', async () => {
  const delays: number[][] = [[], [], [], []]
  for (let run = 0; run < 20; run++) {
    const { runapi, sent } = scriptedClient(refused, { maxRetries: 4 })
    await rejection(runapi.luma.modifyVideo(params))
    for (const [index, slot] of delays.entries())
      slot.push((sent[index + 1]?.atMs ?? 0) - (sent[index]?.atMs ?? 0))
  }
  for (const [index, slot] of delays.entries()) {
    expect(Math.max(...slot)).toBeLessThanOrEqual(500 * 2 ** index)
    expect(Math.min(...slot)).toBeGreaterThanOrEqual(0)
  }
})

test.each([
  ['seconds', () => '30'],
  ['a date', (nowMs: number) => new Date(nowMs + 30_000).toUTCString()],
])('a Retry-After as %s is kept', async (_, valueAt) => {
  const busy: Step = (init) =>
    answers(429, { error: 'slow down' }, { 'retry-after': valueAt(clock.now()) })(init)
  const { runapi, sent, clock } = scriptedClient([busy, created])
  await runapi.luma.modifyVideo(params)
  // A date has no milliseconds.
  expect(sent[1]?.atMs).toBeGreaterThanOrEqual(29_000)
  expect(sent[1]?.atMs).toBeLessThanOrEqual(30_500)
})

test('a Retry-After above a minute stops, with the error that carries it', async () => {
  const { runapi, sent } = scriptedClient(
    answers(429, { error: 'Too many requests' }, { 'retry-after': '61' }),
  )
  const promise = runapi.luma.modifyVideo(params)
  expect(await rejection(promise)).toMatchObject({
    code: 'rate_limit',
    retryAfterMs: 61_000,
    retryable: true,
    idempotencyKey: promise.idempotencyKey,
  })
  expect(sent).toHaveLength(1)
})

test.each([408, 429, 455, 500, 502, 503, 504])('%i is tried again, with one key', async (status) => {
  const { runapi, sent } = scriptedClient([answers(status, ''), answers(status, ''), created])
  expect((await runapi.luma.modifyVideo(params)).id).toBe('tsk_abc123')
  expect(new Set(sent.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1)
})

test.each([400, 401, 402, 403, 404, 409, 413, 415, 418, 422, 301, 302, 303, 304, 307, 308])(
  '%i is not tried again',
  async (status) => {
    const { runapi, sent } = scriptedClient(() => new Response(null, { status }))
    expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({ status, retryable: false })
    expect(sent).toHaveLength(1)
  },
)

test('a hundred calls in an outage send two hundred requests, not three hundred', async () => {
  const { runapi, sent } = scriptedClient(answers(503, { error: 'down' }))
  const calls = Array.from({ length: 100 }, () => rejection(runapi.luma.modifyVideo(params)))
  for (const error of await Promise.all(calls)) expect(error.code).toBe('server')
  expect(sent).toHaveLength(200)
})

test('after an outage successes make retries possible again', async () => {
  let isUp = false
  const { runapi, sent } = scriptedClient((init) => answers(isUp ? 200 : 503, { id: 'tsk_1' })(init))
  await Promise.all(Array.from({ length: 100 }, () => rejection(runapi.luma.modifyVideo(params))))
  isUp = true
  for (let i = 0; i < 10; i++) await runapi.luma.modifyVideo(params)
  isUp = false
  const before = sent.length
  await rejection(runapi.luma.modifyVideo(params))
  expect(sent.length - before).toBe(3)
})

test('fifty waits in a total outage all end with their task, and poll no more than they may', async () => {
  let isUp = true
  const { runapi, sent } = scriptedClient((init) => (isUp ? created(init) : lost(init)))
  const tasks = await Promise.all(
    Array.from({ length: 50 }, (_, index) => runapi.task('luma.modifyVideo', `tsk_${index}`)),
  )
  isUp = false
  const errors = await Promise.all(tasks.map((task) => rejection(task.wait())))
  for (const [index, error] of errors.entries())
    expect(error).toMatchObject({ code: 'poll_failed', polls: 6, task: { id: `tsk_${index}` } })
  expect(sent).toHaveLength(300)
})

test('a fetch that ignores its signal and never settles ends at the timeout', async () => {
  const { runapi, clock } = scriptedClient(isDeaf, { timeoutMs: 5_000, maxRetries: 0 })
  expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({
    code: 'unknown_outcome',
    cause: { code: 'request_timeout' },
  })
  expect(clock.monotonic()).toBe(5_000)
})

test('a body that never ends is bounded by the same timeout', async () => {
  const endless = () =>
    new Response(new ReadableStream({ pull: () => new Promise(() => {}) }), { status: 200 })
  const { runapi, clock } = scriptedClient(endless, { timeoutMs: 5_000, maxRetries: 0 })
  expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({ code: 'unknown_outcome' })
  expect(clock.monotonic()).toBe(5_000)
})

test('an answer that comes after its attempt timed out is no answer', async () => {
  let late: (response: Response) => void = () => {}
  const slow = () => new Promise<Response>((resolve) => (late = resolve))
  const { runapi } = scriptedClient(
    [
      slow,
      () => {
        late(new Response('{"id":"tsk_late"}'))
        return new Promise(() => {})
      },
    ],
    { timeoutMs: 1_000, maxRetries: 1 },
  )
  expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({ code: 'unknown_outcome' })
})

const garbage: [string, () => unknown][] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['text', () => 'ok'],
  ['an object without headers', () => ({ status: 200 })],
  ['a status that is not a number', () => ({ status: '200', headers: new Headers() })],
  ['a body that is not a stream', () => ({ status: 200, headers: new Headers(), body: {} })],
  [
    'chunks that are not bytes',
    () => new Response(new ReadableStream({ start: (controller) => controller.enqueue('text') })),
  ],
  [
    'a synchronous throw',
    () => {
      throw new Error('sync')
    },
  ],
  [
    'a thrown object without a prototype',
    () => {
      throw Object.create(null, { message: { value: { toString: 1 } } })
    },
  ],
  ['a rejected undefined', () => Promise.reject(undefined)],
]
test.each(garbage)('a fetch that gives %s is an error of ours, with the key', async (_, give) => {
  const { runapi } = scriptedClient(() => give() as Response, { maxRetries: 0 })
  const promise = runapi.luma.modifyVideo(params)
  expect(await rejection(promise)).toMatchObject({
    code: expect.stringMatching(/^(?:unknown_outcome|malformed_response)$/),
    idempotencyKey: promise.idempotencyKey,
  })
})

test('a fetch of another library, whose body is not a web stream, serves', async () => {
  const foreign = (text: string) => ({
    status: 200,
    headers: new Headers(),
    body: { pipe: () => {} },
    arrayBuffer: async () => new TextEncoder().encode(text).buffer,
  })
  const { runapi } = scriptedClient([
    () => foreign('{"id":"tsk_abc123"}') as unknown as Response,
    () => foreign(`{"status":"completed","filler":"${'x'.repeat(9_000_000)}"}`) as unknown as Response,
    completed,
  ])
  const task = await runapi.luma.modifyVideo(params)
  expect(await rejection(task.poll())).toMatchObject({ code: 'malformed_response' })
  expect((await task.poll()).status).toBe('completed')
})

test('an answer of more than 8 MiB is refused before it is read to its end', async () => {
  let pulled = 0
  let isCancelled = false
  const flood = () =>
    new Response(
      new ReadableStream({
        pull: (controller) => {
          pulled++
          controller.enqueue(new Uint8Array(1024 * 1024))
        },
        cancel: () => {
          isCancelled = true
        },
      }),
    )
  const { runapi } = scriptedClient(flood)
  expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({ code: 'malformed_response' })
  expect(pulled).toBeLessThan(12)
  expect(isCancelled).toBe(true)
})
