import { MalformedResponseError, RunApiClient, ServerError, UnknownOutcomeError } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import {
  answers,
  CREATED,
  completed,
  created,
  fetchFailed,
  lost,
  params,
  REPLAYED,
  refused,
  rejection,
  scriptedClient,
  stalls,
} from '../support/scripted-fetch'

const keysOf = (sent: readonly { headers: Headers }[]): string[] => [
  ...new Set(sent.map(({ headers }) => headers.get('idempotency-key') ?? '')),
]

test('a create whose answer is lost is one task, paid once, with one key on every attempt', async () => {
  const emulator = createEmulator()
  emulator.next({ faults: { create: ['lose-answer', 'lose-answer'] } })
  const { fetch, clock } = emulator
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch, clock, logLevel: 'off' })
  const promise = runapi.luma.modifyVideo(params)
  const task = await promise
  expect(task.replayed).toBe(true)
  expect(task.idempotencyKey).toBe(promise.idempotencyKey)
  expect(emulator.tasks.map(({ creates }) => creates)).toEqual([1])
  expect(emulator.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(
    Array(3).fill(promise.idempotencyKey),
  )
})

test('when every answer is lost the outcome is unknown, and the same key leads to the same task', async () => {
  const emulator = createEmulator()
  emulator.next({ faults: { create: ['lose-answer', 'lose-answer', 'lose-answer'] } })
  const { fetch, clock } = emulator
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch, clock, logLevel: 'off' })
  const error = await rejection(runapi.luma.modifyVideo(params))
  expect(error).toBeInstanceOf(UnknownOutcomeError)
  expect(error.cause).toMatchObject({ code: 'connection' })
  const { idempotencyKey } = error as unknown as UnknownOutcomeError
  const task = await runapi.luma.modifyVideo(params, { idempotencyKey })
  expect(task.replayed).toBe(true)
  expect(emulator.tasks.map(({ creates }) => creates)).toEqual([1])
})

test.each([500, 502, 503, 504, 455])(
  'a create that is answered %i to the end stays a ServerError',
  async (status) => {
    const { runapi, sent } = scriptedClient(answers(status, { error: 'down' }))
    const promise = runapi.luma.modifyVideo(params)
    const error = await rejection(promise)
    expect(error).toBeInstanceOf(ServerError)
    expect(error).toMatchObject({ status, idempotencyKey: promise.idempotencyKey })
    expect(sent).toHaveLength(3)
    expect(keysOf(sent)).toEqual([promise.idempotencyKey])
  },
)

test.each([
  [409, 'conflict'],
  [401, 'authentication'],
  [402, 'insufficient_credits'],
  [422, 'bad_request'],
  [503, 'server'],
  [301, 'api'],
])(
  'a lost attempt that is followed by %i is an unknown outcome with that answer as cause',
  async (status, code) => {
    const { runapi, sent } = scriptedClient([
      lost,
      answers(status, { error: 'no' }, { 'x-request-id': 'req-2' }),
    ])
    const error = await rejection(runapi.luma.modifyVideo(params, { idempotencyKey: 'order-17' }))
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error).toMatchObject({ idempotencyKey: 'order-17', requestId: 'req-2', cause: { code, status } })
    expect(keysOf(sent)).toEqual(['order-17'])
  },
)

test('a lost attempt that is followed by an answer without a task is an unknown outcome', async () => {
  for (const step of [answers(200, '{"status":'), answers(200, {}), answers(200, ''), refused]) {
    const { runapi } = scriptedClient([lost, step])
    expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({ code: 'unknown_outcome' })
  }
})

test('a lost attempt that is followed by success is a task', async () => {
  const { runapi } = scriptedClient([lost, answers(200, REPLAYED)])
  expect(await runapi.luma.modifyVideo(params)).toMatchObject({ id: 'tsk_abc123', replayed: true })
})

test('without retries the key is sent all the same, and one lost answer is enough', async () => {
  const { runapi, sent } = scriptedClient(lost, { maxRetries: 0 })
  const promise = runapi.luma.modifyVideo(params)
  const error = await rejection(promise)
  expect(error).toMatchObject({ code: 'unknown_outcome', idempotencyKey: promise.idempotencyKey })
  expect(sent).toHaveLength(1)
  expect(keysOf(sent)).toEqual([promise.idempotencyKey])
})

test('a request that was never sent is a ConnectionError, whatever the attempts', async () => {
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']) {
    const { runapi, sent } = scriptedClient(() => {
      throw fetchFailed(code)
    })
    const promise = runapi.luma.modifyVideo(params)
    const error = await rejection(promise)
    expect(error).toMatchObject({ code: 'connection', idempotencyKey: promise.idempotencyKey })
    expect(sent).toHaveLength(3)
  }
})

test('a certificate that is not valid is refused once', async () => {
  const { runapi, sent } = scriptedClient(() => {
    throw fetchFailed('CERT_HAS_EXPIRED')
  })
  expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({
    code: 'connection',
    retryable: false,
  })
  expect(sent).toHaveLength(1)
})

test('a timeout after sending is an unknown outcome', async () => {
  const { runapi, sent, clock } = scriptedClient(stalls, { timeoutMs: 1_000, maxRetries: 1 })
  const error = await rejection(runapi.luma.modifyVideo(params))
  expect(error).toMatchObject({ code: 'unknown_outcome', cause: { code: 'request_timeout' } })
  expect(sent).toHaveLength(2)
  expect(clock.monotonic()).toBeGreaterThanOrEqual(2_000)
})

test('a 409 is a conflict with the key, and is not retried', async () => {
  const { runapi, sent } = scriptedClient(answers(409, { error: 'Key was used with other parameters' }))
  const error = await rejection(runapi.luma.modifyVideo(params, { idempotencyKey: 'order-17' }))
  expect(error).toMatchObject({ code: 'conflict', idempotencyKey: 'order-17' })
  expect(error.message).toMatch(/^409: Key was used with other parameters; .*a key of its own$/)
  expect(sent).toHaveLength(1)
})

test('a success that names no task keeps body and key, and asks for no status', async () => {
  const { runapi, sent } = scriptedClient(answers(200, { id: '', task_id: null, data: [] }))
  const promise = runapi.luma.modifyVideo(params)
  const error = await rejection(promise.wait())
  expect(error).toBeInstanceOf(MalformedResponseError)
  expect(error).toMatchObject({
    idempotencyKey: promise.idempotencyKey,
    body: '{"id":"","task_id":null,"data":[]}',
    status: 200,
  })
  expect(sent).toHaveLength(1)
})

test('an exception of the event listener or the logger changes nothing', async () => {
  const angry = () => {
    throw Object.create(null)
  }
  const late = async () => {
    throw new Error('late')
  }
  for (const say of [angry, late]) {
    const logger = { debug: say, info: say, warn: say, error: say }
    const { runapi } = scriptedClient([answers(503, {}), created, completed], {
      onEvent: say,
      logger,
      logLevel: 'debug',
    })
    expect((await runapi.luma.modifyVideo(params).wait()).videos).toHaveLength(1)
  }
})

test('nested parameters that the caller changes right after the call are sent as they were', async () => {
  const { runapi, sent } = scriptedClient([lost, created])
  const extraParams = { camera: { motion: 'pan' } }
  const own = { ...params, prompt: 'before' }
  const promise = runapi.luma.modifyVideo(own, { extraParams })
  own.prompt = 'after'
  extraParams.camera.motion = 'after'
  await promise
  const bodies = sent.map(({ body }) => JSON.parse(body ?? ''))
  const expected = { ...params, prompt: 'before', model: 'luma-modify-video', camera: { motion: 'pan' } }
  expect(bodies).toEqual([expected, expected])
})

test('the create of the contract goes out as the contract says', async () => {
  const { runapi, sent } = scriptedClient(answers(202, CREATED, { location: '/api/v1/tasks/tsk_abc123' }))
  const task = await runapi.luma.modifyVideo(params, {
    idempotencyKey: 'order-17',
    clientRequestId: 'cart 5',
  })
  expect(sent).toHaveLength(1)
  const [{ url, method, body, headers } = {} as never] = sent
  expect([method, url]).toEqual(['POST', 'https://runapi.ai/api/v1/luma/modify_video'])
  expect(JSON.parse(body ?? '')).toEqual({ ...params, model: 'luma-modify-video' })
  expect(Object.fromEntries(headers)).toEqual({
    accept: 'application/json',
    authorization: 'Bearer test-key',
    'content-type': 'application/json',
    'idempotency-key': 'order-17',
    'user-agent': expect.stringMatching(/^runapi-video\/\d/),
    'x-client-request-id': 'cart 5',
  })
  expect(task.toJSON().statusPath).toBe('/api/v1/tasks/tsk_abc123')
})
