import { RunApiClient } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, onTestFinished, test } from 'vitest'
import { hailuoBody, lumaBody } from './wire'

const together = (options = {}) => {
  const emulator = createEmulator(options)
  const { fetch, clock } = emulator
  return { emulator, clock, runapi: new RunApiClient({ apiKey: 'test-key', fetch, clock }) }
}

test('a client sees a two-minute task through in a moment', async () => {
  const { emulator, clock, runapi } = together()
  emulator.next({ takesMs: 120_000 })
  const begun = performance.now()
  const { videos, costUsd } = await runapi.luma.modifyVideo(lumaBody).wait()
  expect(performance.now() - begun).toBeLessThan(2_000)
  expect(clock.monotonic()).toBeGreaterThanOrEqual(120_000)
  expect(videos[0].url).toBe(`https://tempfile.runapi.ai/results/${emulator.tasks[0]?.id}.mp4`)
  expect(costUsd).toBe(0.5)
})

test('a client buys once although the answer is lost and the next one stalls', async () => {
  const { emulator, clock, runapi } = together()
  emulator.next({ faults: { create: ['lose-answer', 'stall'] } })
  const task = await runapi.hailuo.textToVideo(hailuoBody)
  expect(task.replayed).toBe(true)
  expect(clock.monotonic()).toBeGreaterThanOrEqual(60_000)
  expect(emulator.tasks).toMatchObject([{ creates: 1, replays: 1 }])
})

test('a hundred waits give the same run every time', async () => {
  const run = async () => {
    const { emulator, clock, runapi } = together({
      fault: ({ random }: { random: () => number }) => (random() < 0.05 ? { status: 503 } : undefined),
    })
    const one = (index: number) =>
      runapi.luma.modifyVideo(lumaBody, { idempotencyKey: `order-${index}` }).wait()
    await Promise.all(Array.from({ length: 100 }, (_, index) => one(index)))
    return [clock.monotonic(), emulator.requests.map(({ path, atMs, status }) => `${atMs} ${status} ${path}`)]
  }
  expect(await run()).toEqual(await run())
})

test('clients in the same process share virtual time with the loopback server', async () => {
  const emulator = createEmulator({ takesMs: 30_000 })
  const { clock } = emulator
  const { url } = await emulator.listen()
  const runapi = new RunApiClient({ apiKey: 'test-key', baseUrl: url, clock })
  onTestFinished(async () => {
    await runapi.close()
    await emulator.close()
  })
  const waits = Array.from({ length: 12 }, () => runapi.hailuo.textToVideo(hailuoBody).wait())
  for (const { videos } of await Promise.all(waits)) expect(videos[0].url).toContain(`${url}/results/`)
  expect(emulator.tasks.map(({ creates }) => creates)).toEqual(Array(12).fill(1))
  expect(clock.monotonic()).toBeLessThan(60_000)
})
