import { RunApiError } from 'runapi-video'
import { createRunApi } from 'runapi-video/ai-sdk'
import { expect, test } from 'vitest'
import { call, I2V, provider, rejection, T2V } from './provider'

const API_CALL = Symbol.for('vercel.ai.error.AI_APICallError')

/** The SDK's own repetitions: its `retryWithExponentialBackoff`, without the delays. */
const asTheSdk = async <T>(attempt: () => Promise<T>, maxRetries = 2): Promise<T> => {
  for (let left = maxRetries; ; left--) {
    try {
      return await attempt()
    } catch (error) {
      const { [API_CALL]: isCall, isRetryable } = error as Record<PropertyKey, unknown>
      if (left === 0 || isCall !== true || isRetryable !== true) throw error
    }
  }
}

const times = <T>(count: number, fault: T): T[] => Array(count).fill(fault)
const lost = times(9, 'lose-answer' as const)

test('without a key, answers that are lost for good end the call, with the key of the purchase', async () => {
  const { emulator, runapi } = provider()
  emulator.next({ faults: { create: lost } })
  const model = runapi.video(T2V)
  const error = await rejection(asTheSdk(() => model.doGenerate(call())))
  expect(error).toMatchObject({ code: 'unknown_outcome', isRetryable: false })
  emulator.assertNothingBoughtTwice()
  const [bought] = emulator.tasks
  expect(emulator.tasks).toHaveLength(1)
  expect(error.idempotencyKey).toBe(bought?.idempotencyKey)
})

test('with a key the SDK repeats the call, and the same task answers', async () => {
  const { emulator, runapi } = provider()
  emulator.next({ faults: { create: times(5, 'lose-answer') } })
  const headers = { 'idempotency-key': 'order-1' }
  const { warnings, providerMetadata } = await asTheSdk(() =>
    // New objects each time, as ai@6 and every middleware make them.
    runapi.video(T2V).doGenerate(call({ headers: { ...headers } })),
  )
  expect(emulator.tasks).toMatchObject([{ creates: 1, replays: 5 }])
  expect(providerMetadata.runapi.replayed).toBe(true)
  expect(warnings).toMatchObject([{ type: 'other', message: /key had been used/ }])
})

test('a repeated call with bytes sends the file of the first attempt', async () => {
  const { emulator, runapi } = provider()
  emulator.next({ faults: { create: times(5, 'lose-answer') } })
  const image = { type: 'file', mediaType: 'image/png', data: new Uint8Array([137, 80, 78, 71]) } as const
  const headers = { 'idempotency-key': 'aisdk_vid_1' }
  await asTheSdk(() => runapi.video(I2V).doStart(call({ image, headers })))
  expect(emulator.tasks).toMatchObject([{ creates: 1, replays: 5 }])
})

test('two calls at once with the same bytes and key send one file', async () => {
  const { emulator, runapi } = provider()
  const image = { type: 'file', mediaType: 'image/png', data: new Uint8Array([137, 80, 78, 71]) } as const
  const one = () => runapi.video(I2V).doStart(call({ image, headers: { 'idempotency-key': 'order-1' } }))
  await Promise.all([one(), one()])
  expect(emulator.tasks).toMatchObject([{ creates: 1, replays: 1 }])
})

test('what certainly bought nothing is repeated by the SDK without a key too', async () => {
  const { emulator, clock } = provider()
  let refusals = 3
  const fetch: typeof globalThis.fetch = async (...request) => {
    if (refusals-- > 0) throw new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })
    return emulator.fetch(...request)
  }
  emulator.next({ faults: { create: times(3, { status: 429 }) } })
  const model = createRunApi({ apiKey: 'test-key', fetch, clock, logLevel: 'off' }).video(T2V)
  const errors: unknown[] = []
  const noted = (error: unknown) => {
    errors.push(error)
    throw error
  }
  await asTheSdk(() => model.doGenerate(call()).catch(noted))
  expect(errors).toMatchObject([
    { code: 'connection', isRetryable: true },
    { code: 'rate_limit', isRetryable: true, statusCode: 429 },
  ])
  expect(emulator.tasks).toMatchObject([{ creates: 1 }])
})

test("the SDK is told the service's Retry-After", async () => {
  const { emulator, runapi } = provider()
  emulator.next({ faults: { create: times(3, { status: 429, retryAfter: 7 }) } })
  const error = await rejection(runapi.video(T2V).doGenerate(call()))
  expect(error.responseHeaders).toEqual({ 'retry-after-ms': '7000' })
})

test('a 502 is repeated with a key only: it may hide a purchase', async () => {
  const { emulator, runapi } = provider()
  const create = times(3, { status: 502, carryOut: true })
  emulator.next({ faults: { create } })
  const error = await rejection(asTheSdk(() => runapi.video(T2V).doGenerate(call())))
  expect(error).toMatchObject({ code: 'server', isRetryable: false })
  emulator.next({ faults: { create } })
  const headers = { 'idempotency-key': 'order-1' }
  await asTheSdk(() => runapi.video(T2V).doGenerate(call({ prompt: 'Snow', headers })))
  expect(emulator.tasks.map(({ creates }) => creates)).toEqual([1, 1])
})

test('an upload that fails is repeated by the SDK', async () => {
  let failures = 3
  const { emulator, runapi } = provider({
    fault: ({ request }) =>
      request.path.endsWith('/prepare') && failures-- > 0 ? { status: 503 } : undefined,
  })
  const image = { type: 'file', mediaType: 'image/png', data: new Uint8Array([137, 80, 78, 71]) } as const
  await asTheSdk(() => runapi.video(I2V).doGenerate(call({ image })))
  expect(emulator.tasks).toMatchObject([{ creates: 1 }])
})

test('a wait that fails is not repeated: the error carries the task, which goes on', async () => {
  const { emulator, runapi } = provider()
  emulator.next({ faults: { status: times(6, { status: 503 }) } })
  const headers = { 'idempotency-key': 'order-1' }
  const error = await rejection(asTheSdk(() => runapi.video(T2V).doGenerate(call({ headers }))))
  expect(error).toMatchObject({ code: 'poll_failed', retryable: true, isRetryable: false })
  expect(emulator.tasks).toMatchObject([{ creates: 1, replays: 0 }])
  if (!RunApiError.is(error)) throw error
  expect((await error.task?.wait())?.videos).toHaveLength(1)
})

test('a status request that fails is repeated by the SDK', async () => {
  const { emulator, runapi } = provider()
  emulator.next({ faults: { status: times(5, { status: 503 }) } })
  const { operation } = await runapi.video(T2V).doStart(call())
  expect(await asTheSdk(() => runapi.video(T2V).doStatus({ operation }))).toMatchObject({ status: 'pending' })
})

test('the marks of the SDK are neither listed nor printed, and the class stays', async () => {
  const { emulator, runapi } = provider({ apiKey: 'another-key' })
  const error = await rejection(runapi.video(T2V).doGenerate(call({ prompt: 'a secret prompt' })))
  expect(error).toMatchObject({ name: 'AuthenticationError', statusCode: 401, isRetryable: false })
  expect(error.url).toBe('https://runapi.ai/api/v1/hailuo/text_to_video')
  expect(error[Symbol.for('vercel.ai.error')]).toBe(true)
  expect(error.requestBodyValues).toEqual({})
  expect(Object.keys(error)).not.toContain('url')
  const printed = JSON.stringify([error, error.requestBodyValues, error.responseHeaders, error.responseBody])
  expect(printed).not.toMatch(/secret prompt|test-key/)
  expect(emulator.tasks).toEqual([])
})

test('what was refused before it was sent is an error of the SDK, and no API call', async () => {
  const { runapi } = provider()
  const error = await rejection(runapi.video(T2V).doGenerate(call({ prompt: ' ' })))
  expect(error[Symbol.for('vercel.ai.error')]).toBe(true)
  expect(error[API_CALL]).toBeUndefined()
})
