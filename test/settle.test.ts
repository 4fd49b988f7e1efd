import { RunApiClient } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { signWebhook, verifyWebhook } from 'runapi-video/webhooks'
import { expect, test } from 'vitest'

const SECRET = 'c2VjcmV0IHNlY3JldCBzZWNyZXQ='
const params = { model: 'hailuo-02-text-to-video-pro', prompt: 'fog' } as const

const together = () => {
  const emulator = createEmulator({ takesMs: 600_000 })
  const { fetch, clock } = emulator
  return { emulator, clock, runapi: new RunApiClient({ apiKey: 'test-key', fetch, clock }) }
}

// To be awaited before a wait begins: virtual time may pass while WebCrypto works.
const deliveryOf = async (body: object) => {
  const text = JSON.stringify(body)
  return verifyWebhook(text, await signWebhook(text, SECRET), SECRET)
}
const completed = (id: string) =>
  deliveryOf({ id, status: 'completed', videos: [{ url: 'https://tempfile.runapi.ai/a.mp4' }] })

test('a webhook ends the waits of its task at once, without another poll', async () => {
  const { emulator, clock, runapi } = together()
  const task = await runapi.hailuo.textToVideo(params)
  const other = await runapi.hailuo.textToVideo(params)
  const event = await completed(task.id)
  const waits = [task.wait(), task.wait({ timeoutMs: 100_000 })]
  const others = other.wait({ timeoutMs: 1_000 })
  const requests = emulator.requests.length
  expect(runapi.settle(event)).toBe(true)
  for (const { videos } of await Promise.all(waits)) {
    expect(videos).toEqual([{ url: 'https://tempfile.runapi.ai/a.mp4' }])
  }
  expect(clock.monotonic()).toBe(0)
  expect(emulator.requests.length).toBe(requests)
  expect(task.state?.status).toBe('completed')
  await expect(others).rejects.toMatchObject({ code: 'wait_timeout' })
})

test('a webhook of a failed generation fails the wait', async () => {
  const { runapi } = together()
  const task = await runapi.hailuo.textToVideo(params)
  const event = await deliveryOf({ id: task.id, status: 'failed', error: 'Generation failed' })
  const wait = task.wait()
  runapi.settle(event)
  await expect(wait).rejects.toMatchObject({ code: 'task_failed', polls: 0 })
})

test('a webhook of a task that is still going is a state like any other', async () => {
  const { runapi } = together()
  const task = await runapi.hailuo.textToVideo(params)
  const seen: string[] = []
  const event = await deliveryOf({ id: task.id, status: 'processing' })
  const wait = task.wait({ timeoutMs: 10, onUpdate: ({ status }) => seen.push(status) })
  expect(runapi.settle(event)).toBe(true)
  await expect(wait).rejects.toMatchObject({ code: 'wait_timeout' })
  expect(seen[0]).toBe('processing')
})

test('a webhook that nobody waits for is told so', async () => {
  const { runapi } = together()
  expect(runapi.settle(await completed('tsk_unknown'))).toBe(false)
})

test('a webhook that went through a queue as JSON settles too', async () => {
  const { runapi } = together()
  const task = await runapi.hailuo.textToVideo(params)
  const event = JSON.parse(JSON.stringify(await completed(task.id)))
  const wait = task.wait()
  runapi.settle(event)
  expect((await wait).status).toBe('completed')
})

test.each([undefined, 'text', {}, { taskId: 'a' }, { taskId: 'a', task: { status: 'done' } }])(
  '%j is not a webhook',
  (event) => {
    expect(() => new RunApiClient().settle(event as never)).toThrow(/verifyWebhook/)
  },
)
