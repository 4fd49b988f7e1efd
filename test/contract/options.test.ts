import { inspect } from 'node:util'
import { type Clock, type CreateOptions, type RunApiClientOptions, UnknownOutcomeError } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import {
  answers,
  completed,
  created,
  lost,
  params,
  rejection,
  scriptedClient,
} from '../support/scripted-fetch'

afterEach(() => vi.unstubAllEnvs())

const refusalOf = async (options: unknown, clientOptions: RunApiClientOptions = {}) => {
  const { runapi, sent } = scriptedClient(created, clientOptions)
  let promise: Promise<unknown> | undefined
  expect(() => {
    promise = runapi.luma.modifyVideo(params, options as CreateOptions)
  }).not.toThrow()
  const error = await rejection(promise as Promise<unknown>)
  expect(sent).toEqual([])
  return error
}

test('tags that are not text are refused, also without a ledger', async () => {
  expect(await refusalOf({ tags: { customer: 5 } })).toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('tags.customer: must be text'),
  })
})

test.each([
  ['timeoutMs', 0],
  ['timeoutMs', -1],
  ['timeoutMs', Number.NaN],
  ['timeoutMs', Infinity],
  ['timeoutMs', '1000'],
  ['maxRetries', -1],
  ['maxRetries', 1.5],
  ['maxRetries', Infinity],
  ['signal', {}],
  ['signal', 'abort'],
  ['headers', 'x'],
  ['headers', [1]],
  ['headers', { 'a b': 'c' }],
  ['headers', { a: 'canary\nb' }],
  ['validate', 'no'],
  ['extraParams', 'x'],
  ['idempotencyKey', null],
  ['idempotencyKey', ''],
  ['idempotencyKey', 7],
  ['idempotencyKey', ' canary'],
  ['idempotencyKey', 'canary '],
  ['idempotencyKey', 'can\nary'],
  ['idempotencyKey', 'canäry'],
  ['idempotencyKey', 'x'.repeat(513)],
  ['clientRequestId', ''],
  ['clientRequestId', null],
  ['clientRequestId', 'x'.repeat(513)],
  ['clientRequestId', 'a\tb'],
])('%s: %j is refused by a rejection that names it, and nothing is sent', async (name, value) => {
  const error = await refusalOf({ [name]: value })
  expect(error).toMatchObject({ code: 'configuration' })
  expect(error.message).toContain(name)
  expect(error.message).not.toContain('canary')
})

test('keys of 1 and of 512 characters, with spaces inside, are sent as they are', async () => {
  for (const key of ['x', '~'.repeat(512), 'order 17 / item 3']) {
    const { runapi, sent } = scriptedClient(created)
    await runapi.luma.modifyVideo(params, { idempotencyKey: key, clientRequestId: key })
    expect(sent[0]?.headers.get('idempotency-key')).toBe(key)
    expect(sent[0]?.headers.get('x-client-request-id')).toBe(key)
  }
})

test('keys are minted anew for each call and readable before anything is sent', async () => {
  const { runapi, sent } = scriptedClient(created)
  const promises = Array.from({ length: 50 }, () => runapi.luma.modifyVideo(params))
  const keys = promises.map(({ idempotencyKey }) => idempotencyKey)
  expect(sent.length).toBeLessThanOrEqual(50)
  expect(new Set(keys).size).toBe(50)
  for (const key of keys) expect(key).toMatch(/^[\da-f]{32}$/)
  await Promise.all(promises)
  expect(sent.map(({ headers }) => headers.get('idempotency-key')).sort()).toEqual(keys.sort())
})

test('validate: false sends what breaks the rules, and still fills in the model of Luma', async () => {
  const { runapi, sent } = scriptedClient(created)
  const odd = { prompt: '', source_video_url: 'not a url', strength: 3, nothing: undefined }
  await runapi.luma.modifyVideo(odd as never, { validate: false })
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
    model: 'luma-modify-video',
    prompt: '',
    source_video_url: 'not a url',
    strength: 3,
  })
})

test('validate: false takes no parameters that are not an object', async () => {
  for (const odd of [undefined, null, 'prompt', 7, 10n]) {
    const { runapi, sent } = scriptedClient(created)
    const error = await rejection(runapi.luma.modifyVideo(odd as never, { validate: false }))
    expect(error).toMatchObject({ code: 'configuration' })
    expect(sent).toEqual([])
  }
})

test('extraParams are merged after the rules, win over the parameters, and lose their undefined fields', async () => {
  const { runapi, sent } = scriptedClient(created)
  const extraParams = { strength: 3, watermark: 'yes', seed: undefined }
  await runapi.luma.modifyVideo({ ...params, watermark: true }, { extraParams })
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
    ...params,
    model: 'luma-modify-video',
    strength: 3,
    watermark: 'yes',
  })
})

test('parameters that JSON cannot hold are refused before anything is sent', async () => {
  const circular: Record<string, unknown> = {}
  circular.self = circular
  for (const extraParams of [{ n: 10n }, circular, { toJSON: () => undefined }]) {
    const error = await refusalOf({ extraParams })
    expect(error).toMatchObject({ code: 'configuration', idempotencyKey: expect.any(String) })
    expect(error.message).toContain('JSON')
  }
})

test('options that throw when they are read reject, and nothing is sent', async () => {
  const throwing = {
    get idempotencyKey() {
      throw new Error('getter')
    },
  }
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  for (const options of [throwing, proxy, { headers: proxy }]) await refusalOf(options)
})

test.each(['text', 7, [], true])('options that are %j are refused', async (options) => {
  expect(await refusalOf(options)).toMatchObject({ code: 'configuration' })
})

test('inherited options do not count', async () => {
  const { runapi, sent } = scriptedClient(lost)
  const options = Object.create({ idempotencyKey: 'inherited', maxRetries: 0, validate: false })
  const error = await rejection(runapi.luma.modifyVideo(params, options))
  expect(error).toBeInstanceOf(UnknownOutcomeError)
  expect(error.idempotencyKey).not.toBe('inherited')
  expect(sent).toHaveLength(3)
})

test('a polluted Object.prototype changes nothing', async () => {
  const pollution: Record<string, unknown> = {
    timeoutMs: 1,
    maxRetries: 0,
    idempotencyKey: 'polluted',
    clientRequestId: 'polluted',
    validate: false,
    extraParams: { polluted: true },
    apiKey: 'polluted',
    baseUrl: 'https://polluted.example.com',
    headersInit: 'polluted',
    onEvent: 'polluted',
    onUpdate: 'polluted',
    schedule: 'polluted',
    maxPollFailures: 0,
    error: 'polluted',
    videos: [{ url: 'https://polluted.example.com' }],
    status: 'completed',
    task_id: 'polluted',
    id: 'polluted',
    task_replayed: true,
    usage: { cost: 9 },
    requestId: 'polluted',
    retryAfterMs: 99_999,
    retryable: false,
    task: 'polluted',
    lastState: 'polluted',
    message: 'polluted',
    model: 'polluted',
    statusPath: '/polluted',
    acceptStatus: 402,
    polls: 99,
    headers: { 'x-polluted': 'polluted' },
    json: 'polluted',
    keyOptional: true,
    idempotent: false,
    onAnswer: 'polluted',
  }
  const run = async () => {
    const { runapi, sent } = scriptedClient([
      lost,
      answers(503, {}),
      answers(200, { task_id: 'tsk_abc123' }),
      answers(200, { status: 'processing' }),
      completed,
      answers(402, {}),
    ])
    const task = await runapi.luma.modifyVideo(params, {})
    const { status, videos, costUsd } = await task.wait({})
    const error = await rejection(runapi.luma.modifyVideo(params))
    const { code } = error
    const shown = inspect(error).split('\n', 1)
    const ref = { ...task.toJSON(), idempotencyKey: '', createdAt: '' }
    const balance = await rejection(runapi.account.balance())
    const asked = sent.map(({ url, method, headers, body }) => {
      return { url, method, body, headers: [...headers.keys()] }
    })
    return { status, videos, costUsd, ref, code, shown, balance: balance.code, asked }
  }
  const before = await run()
  try {
    for (const [name, value] of Object.entries(pollution))
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })
    expect(JSON.stringify(await run())).toBe(JSON.stringify(before))
  } finally {
    for (const name of Object.keys(pollution)) delete (Object.prototype as Record<string, unknown>)[name]
  }
})

test('a fetch option is used for everything: creates, polls and retries', async () => {
  vi.stubGlobal('fetch', () => {
    throw new Error('the global fetch was used')
  })
  try {
    const { runapi, sent } = scriptedClient([lost, created, completed])
    await runapi.luma.modifyVideo(params).wait()
    expect(sent).toHaveLength(3)
  } finally {
    vi.unstubAllGlobals()
  }
})

// Such as `process.hrtime.bigint`, and `vi.setSystemTime` with an invalid date.
const READINGS = [Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1, 10n, '5', undefined, null, new Date()]

test.each(['now', 'monotonic'] as const)(
  'a clock whose %s() gives no milliseconds is refused before anything is sent, and a task keeps its handle',
  async (name) => {
    const { clock: working } = createEmulator()
    for (const reading of READINGS) {
      const clock = { ...working, [name]: () => reading }
      const { runapi, sent } = scriptedClient(created, { clock: clock as unknown as Clock })
      const refusal = {
        code: 'configuration',
        message: expect.stringMatching(/^clock: must be one that gives milliseconds/),
      }
      const promise = runapi.luma.modifyVideo(params)
      expect(await rejection(promise)).toMatchObject({ ...refusal, idempotencyKey: promise.idempotencyKey })
      const task = runapi.task('luma.modifyVideo', 'tsk_1')
      for (const call of [task.wait(), task.poll(), task.updates()[Symbol.asyncIterator]().next()])
        expect(await rejection(call)).toMatchObject({ ...refusal, task: { id: 'tsk_1' } })
      expect(await rejection(runapi.account.balance())).toMatchObject(refusal)
      expect(sent).toEqual([])
    }
  },
)

test("a system date that tests have broken is refused like a clock's", async () => {
  const { runapi, sent } = scriptedClient(created, { clock: undefined })
  vi.spyOn(Date, 'now').mockReturnValue(Number.NaN)
  onTestFinished(() => void vi.restoreAllMocks())
  expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({ code: 'configuration' })
  expect(sent).toEqual([])
})
