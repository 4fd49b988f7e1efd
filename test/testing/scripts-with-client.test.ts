import {
  ConflictError,
  InsufficientCreditsError,
  MalformedResponseError,
  RateLimitError,
  RunApiClient,
  schedules,
  UnknownOutcomeError,
} from 'runapi-video'
import { createEmulator, type EmulatorOptions, type TaskScript } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { hailuoBody, lumaBody } from './wire'

const together = (script: TaskScript = {}, options: EmulatorOptions = {}) => {
  const emulator = createEmulator(options)
  const { fetch, clock } = emulator
  emulator.next(script)
  return { emulator, clock, runapi: new RunApiClient({ apiKey: 'test-key', fetch, clock, logLevel: 'off' }) }
}
const everySecond = { schedule: schedules.fixed(1_000) }

test('a duration: a task takes as long as its script says', async () => {
  const { clock, runapi } = together({ takesMs: 300_000 })
  await runapi.luma.modifyVideo(lumaBody).wait(everySecond)
  expect(clock.monotonic()).toBe(300_000)
})

test('an outcome: a task fails with the message and code of its script', async () => {
  const failed = { code: 'content_policy', message: 'The prompt names a real person' }
  const { emulator, runapi } = together({ outcome: { failed } })
  const error = await runapi.luma
    .modifyVideo(lumaBody)
    .wait()
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'TaskFailedError', failure: failed })
  expect(emulator.spentCents).toBe(0)
})

test('a replay: the same key gives the same task', async () => {
  const { emulator, runapi } = together()
  const options = { idempotencyKey: 'order-1' }
  const first = await runapi.luma.modifyVideo(lumaBody, options)
  const second = await runapi.luma.modifyVideo(lumaBody, options)
  expect([second.id, second.replayed]).toEqual([first.id, true])
  emulator.assertNothingBoughtTwice()
})

test('a 409: the same key for something else is refused', async () => {
  const { runapi } = together()
  await runapi.luma.modifyVideo(lumaBody, { idempotencyKey: 'order-1' })
  const other = runapi.luma.modifyVideo({ ...lumaBody, prompt: 'Snow' }, { idempotencyKey: 'order-1' })
  await expect(other).rejects.toBeInstanceOf(ConflictError)
})

test('a 429 with Retry-After: the create waits that long', async () => {
  const { clock, runapi } = together({ faults: { create: [{ status: 429, retryAfter: 7 }] } })
  await runapi.luma.modifyVideo(lumaBody)
  expect(clock.monotonic()).toBeGreaterThanOrEqual(7_000)
  const refused = together({ faults: { create: [{ status: 429, retryAfter: 7 }] } })
  const once = refused.runapi.luma.modifyVideo(lumaBody, { maxRetries: 0 })
  const error = await once.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RateLimitError)
  expect(error).toMatchObject({ retryAfterMs: 7_000 })
})

test('a 5xx: answered after the task was bought, it is repeated with the same key', async () => {
  const { emulator, runapi } = together({ faults: { create: [{ status: 502, carryOut: true }] } })
  expect((await runapi.luma.modifyVideo(lumaBody)).replayed).toBe(true)
  expect(emulator.tasks).toHaveLength(1)
})

test('resets: an outcome that stays unknown is said so, with the key that finds the task', async () => {
  const { emulator, runapi } = together({ faults: { create: ['lose-answer', 'lose-answer', 'lose-answer'] } })
  const error = await runapi.luma.modifyVideo(lumaBody).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UnknownOutcomeError)
  const { idempotencyKey } = error as UnknownOutcomeError
  expect(emulator.unfinished).toMatchObject([{ idempotencyKey }])
  await runapi.luma.modifyVideo(lumaBody, { idempotencyKey: String(idempotencyKey) }).wait()
  expect(emulator.unfinished).toEqual([])
  emulator.assertNothingBoughtTwice()
})

test('a slow answer: it counts as lost when the client’s time is over', async () => {
  const { emulator, clock, runapi } = together({ faults: { create: [{ delayMs: 90_000 }] } })
  expect((await runapi.luma.modifyVideo(lumaBody)).replayed).toBe(true)
  expect(clock.monotonic()).toBeLessThan(70_000)
  expect(emulator.tasks).toHaveLength(1)
})

test('malformed answers: a wait outlasts a few of them', async () => {
  const page = { body: '<h1>It works!</h1>', contentType: 'text/html' }
  const { emulator, runapi } = together({
    takesMs: 5_000,
    faults: { status: ['malformed', page, 'cut-body'] },
  })
  await runapi.luma.modifyVideo(lumaBody).wait(everySecond)
  expect(emulator.tasks[0]?.polls).toBe(5)
  const { runapi: other } = together({ takesMs: 0, outcome: { completed: { videos: [] } } })
  const poll = (await other.luma.modifyVideo(lumaBody)).poll()
  await expect(poll).rejects.toBeInstanceOf(MalformedResponseError)
})

test('an unknown status: the task goes on', async () => {
  const warming = { body: { status: 'warming_up' } }
  const { clock, runapi } = together({ takesMs: 5_000, faults: { status: [warming, warming] } })
  const seen: unknown[] = []
  await runapi.luma
    .modifyVideo(lumaBody)
    .wait({ ...everySecond, onUpdate: ({ status, rawStatus }) => seen.push([status, rawStatus]) })
  expect(seen).toEqual([
    ['processing', 'warming_up'],
    ['processing', 'processing'],
    ['completed', 'completed'],
  ])
  expect(clock.monotonic()).toBe(5_000)
})

test('late and regressing statuses: an old answer ends nothing and a later one is believed', async () => {
  const [processing, pending] = [{ body: { status: 'processing' } }, { body: { status: 'pending' } }]
  const { clock, runapi } = together({
    takesMs: 1_500,
    faults: { status: [processing, pending, processing] },
  })
  const { status } = await runapi.luma.modifyVideo(lumaBody).wait(everySecond)
  expect([status, clock.monotonic()]).toEqual(['completed', 4_000])
})

test('an expired result: its video is gone when its life is over', async () => {
  const { emulator, clock, runapi } = together({ takesMs: 1_000, resultLifeMs: 60_000 })
  const { videos } = await runapi.luma.modifyVideo(lumaBody).wait(everySecond)
  expect((await emulator.fetch(videos[0].url)).status).toBe(200)
  await clock.sleep(60_000)
  expect((await emulator.fetch(videos[0].url)).status).toBe(404)
  await expect(runapi.download(videos[0])).rejects.toMatchObject({ name: 'ResultExpiredError' })
})

test('insufficient credits: what the balance does not cover is refused, and a failed task gives it back', async () => {
  const { emulator, clock, runapi } = together({ takesMs: 1_000, outcome: 'failed' }, { balanceCents: 60 })
  const buy = () => runapi.hailuo.textToVideo(hailuoBody)
  await buy()
  await expect(buy()).rejects.toBeInstanceOf(InsufficientCreditsError)
  await clock.sleep(1_000)
  await buy()
  expect(emulator.spentCents).toBe(57)
})

test('per n-th request: only that one is struck', async () => {
  const { emulator, runapi } = together({}, { fault: ({ index }) => (index === 2 ? { status: 500 } : 'ok') })
  await runapi.luma.modifyVideo(lumaBody).wait(everySecond)
  expect(emulator.requests.flatMap(({ status }, index) => (status === 500 ? index : []))).toEqual([2])
})

test('seeded random: the same seed strikes the same requests', async () => {
  const run = async (seed: number) => {
    const { emulator, clock, runapi } = together(
      {},
      { seed, fault: ({ random }) => (random() < 0.3 ? 'reset' : 'ok') },
    )
    await runapi.luma.modifyVideo(lumaBody, { idempotencyKey: 'order-1' }).wait({ maxPollFailures: 50 })
    return [clock.monotonic(), emulator.requests.map(({ status }) => status ?? 'reset').join()]
  }
  const first = await run(3)
  expect(first[1]).toContain('reset')
  expect(await run(3)).toEqual(first)
  expect(await run(4)).not.toEqual(first)
})
