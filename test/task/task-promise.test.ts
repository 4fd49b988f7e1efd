import { expect, onTestFinished, test } from 'vitest'
import { completed, refused, rejection, said, service, stall, VIDEO } from './service'

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** What this process is told of rejections that nobody handles, instead of the test runner. */
const unhandledRejections = (): unknown[] => {
  const seen: unknown[] = []
  const runners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (error) => seen.push(error))
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection')
    for (const runner of runners) process.on('unhandledRejection', runner)
  })
  return seen
}

test('a create is a real promise of a task, which is not a promise itself', async () => {
  const { create } = service([completed])
  const promise = create()
  expect(promise).toBeInstanceOf(Promise)
  const task = await promise
  expect('then' in task).toBe(false)
  expect(task).toMatchObject({ id: 'tsk_abc123', endpoint: 'luma.modifyVideo', model: 'luma-modify-video' })
})

test('the key can be read at once, and is the one that is sent and kept', async () => {
  const { runapi } = service([completed])
  const body = { model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' } as const
  const promise = runapi.hailuo.textToVideo(body, { idempotencyKey: 'order-17' })
  expect(promise.idempotencyKey).toBe('order-17')
  const minted = runapi.hailuo.textToVideo(body)
  expect(minted.idempotencyKey).toMatch(/^[0-9a-f]{32}$/)
  expect((await promise).idempotencyKey).toBe('order-17')
  expect((await minted).idempotencyKey).toBe(minted.idempotencyKey)
})

test('wait() and poll() on a create go to its task', async () => {
  const { create, polledAt } = service([said('processing'), completed])
  const promise = create()
  expect(await promise.poll()).toMatchObject({ status: 'processing' })
  expect(await promise.wait()).toMatchObject({ videos: [{ url: VIDEO }] })
  expect(polledAt).toHaveLength(2)
})

test.each(['wait', 'poll'] as const)(
  '%s() on a create that is refused rejects, and nothing else does',
  async (name) => {
    const unhandled = unhandledRejections()
    const { create } = service([], { create: refused(402) })
    const promise = create()
    expect(await rejection(promise[name]())).toMatchObject({
      code: 'insufficient_credits',
      idempotencyKey: promise.idempotencyKey,
    })
    await turns()
    expect(unhandled).toEqual([])
  },
)

test('a refused create that nobody observes is reported', async () => {
  const unhandled = unhandledRejections()
  service([], { create: refused(402) }).create()
  await turns()
  expect(unhandled).toMatchObject([{ code: 'insufficient_credits' }])
})

test('a rejected wait that nobody observes is reported once', async () => {
  const unhandled = unhandledRejections()
  void service([], { create: refused(402) })
    .create()
    .wait()
  await turns()
  expect(unhandled).toHaveLength(1)
})

test("the wait's time begins when the task exists", async () => {
  const held = service([said('processing')], {
    create: async (signal) => {
      await held.clock.sleep(50_000, signal)
      return new Response(JSON.stringify({ task_id: 'tsk_abc123' }))
    },
  })
  const error = await rejection(held.create().wait({ timeoutMs: 10_000 }))
  expect(error).toMatchObject({ code: 'wait_timeout', elapsedMs: 10_000 })
  expect(held.clock.monotonic()).toBe(60_000)
})

test('a create that never answers ends with its own attempts, and says that the outcome is unknown', async () => {
  const { create } = service([], { create: stall, maxRetries: 0 })
  const promise = create()
  expect(await rejection(promise.wait())).toMatchObject({
    code: 'unknown_outcome',
    idempotencyKey: promise.idempotencyKey,
  })
})
