import { RunApiClient, schedules } from 'runapi-video'
import { createEmulator, type TaskScript } from 'runapi-video/testing'
import { verifyWebhook, type WebhookEvent, WebhookVerificationError } from 'runapi-video/webhooks'
import { expect, test } from 'vitest'
import { lumaBody } from './wire'

/** An app that receives webhooks in the process that waits, and polls only every ten minutes. */
const app = ({ down = 0 } = {}) => {
  const events: WebhookEvent[] = []
  const settled: boolean[] = []
  const emulator = createEmulator({
    deliver: async (request) => {
      if (down-- > 0) return new Response('restarting', { status: 503 })
      try {
        const event = await verifyWebhook(await request.text(), request.headers, emulator.callbackSecret)
        events.push(event)
        settled.push(runapi.settle(event))
        return new Response(null, { status: 204 })
      } catch (error) {
        return new Response(null, { status: error instanceof WebhookVerificationError ? 400 : 500 })
      }
    },
  })
  const { fetch, clock } = emulator
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch, clock })
  const wait = async (script: TaskScript) => {
    emulator.next({ takesMs: 62_000, ...script })
    const params = { ...lumaBody, callback_url: 'https://app.example.com/hooks/runapi' }
    const task = await runapi.luma.modifyVideo(params)
    const state = await task.wait({ schedule: schedules.fixed(600_000) })
    const atMs = clock.monotonic()
    // The wait ends inside the receiver, before that has answered.
    await clock.sleep(0)
    return { state, atMs, polls: emulator.tasks.find(({ id }) => id === task.id)?.polls }
  }
  return { emulator, clock, wait, events, settled }
}

test('a webhook ends the wait at once, without a poll', async () => {
  const { emulator, wait } = app()
  const { state, atMs, polls } = await wait({})
  expect(state.videos[0].url).toContain(emulator.tasks[0]?.id)
  expect([atMs, polls]).toEqual([62_000, 0])
  expect(emulator.unfinished).toEqual([])
})

test('a failure by webhook is thrown as by a poll', async () => {
  const { clock, wait } = app()
  await expect(wait({ outcome: { failed: 'Too dark' } })).rejects.toThrow('Too dark')
  expect(clock.monotonic()).toBe(62_000)
})

test('a duplicate finds nobody waiting and harms nothing', async () => {
  const { clock, wait, events, settled } = app()
  const { atMs } = await wait({ webhooks: [{}, {}, { delayMs: 30_000 }] })
  await clock.sleep(60_000)
  expect(atMs).toBe(62_000)
  expect(settled).toEqual([true, false, false])
  expect(new Set(events.map(({ id }) => id)).size).toBe(1)
})

test('a late webhook ends the wait when it comes', async () => {
  const { wait } = app()
  expect(await wait({ webhooks: [{ delayMs: 45_000 }] })).toMatchObject({ atMs: 107_000, polls: 0 })
})

test('webhooks out of order each end the wait of their own task', async () => {
  const { emulator, wait } = app()
  const [late, early] = await Promise.all([
    wait({ id: 'late', webhooks: [{ delayMs: 20_000 }] }),
    wait({ id: 'early' }),
  ])
  expect(emulator.deliveries.map(({ taskId }) => taskId)).toEqual(['early', 'late'])
  expect([late.atMs, early.atMs]).toEqual([82_000, 62_000])
  expect(late.state.videos[0].url).toContain('late')
  expect(early.state.videos[0].url).toContain('early')
})

test('a dropped webhook leaves the end to the next poll', async () => {
  const { wait } = app()
  expect(await wait({ webhooks: [] })).toMatchObject({ atMs: 600_000, polls: 1 })
})

test('a receiver that is down gets the webhook again', async () => {
  const { emulator, wait } = app({ down: 2 })
  expect(await wait({})).toMatchObject({ atMs: 97_000, polls: 0 })
  expect(emulator.deliveries.map(({ status }) => status)).toEqual([503, 503, 204])
})

test('a forged webhook ends no wait', async () => {
  const { emulator, wait, settled } = app()
  const forged = { secret: btoa('a guess'), body: { status: 'failed', error: 'forged' } }
  expect(await wait({ webhooks: [forged, { delayMs: 1_000 }] })).toMatchObject({ atMs: 63_000 })
  expect(emulator.deliveries.map(({ status }) => status)).toEqual([400, 204])
  expect(settled).toEqual([true])
})

test('a webhook that comes while a poll stalls ends the wait', async () => {
  const { emulator, clock } = app()
  emulator.next({ takesMs: 62_000, faults: { status: ['stall'] } })
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch: emulator.fetch, clock })
  const task = await runapi.luma.modifyVideo(lumaBody)
  const waited = task.wait({ schedule: schedules.fixed(50_000) })
  await clock.sleep(62_000)
  runapi.settle({ taskId: task.id, task: await runapi.task(task.toJSON()).poll() })
  expect((await waited).status).toBe('completed')
  expect(clock.monotonic()).toBe(62_000)
})
