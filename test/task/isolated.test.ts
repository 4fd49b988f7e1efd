import { expect, test } from 'vitest'
import { createIsolatedRateLimiter } from '../../src/limits/rate-limiter'
import { createExpiringSemaphore } from '../../src/limits/semaphore'
import { luma } from '../../src/models/luma'
import { createSession } from '../../src/session'
import { resolveSettings } from '../../src/settings/settings'
import { createMethod } from '../../src/task/create'
import { createVirtualTime } from '../../src/testing/time/virtual-time'
import { createPollers } from '../../src/waiting/pollers'
import { completed, json, lumaBody, rejection, type Step } from './service'

/** A client as the builds for workerd, edge-light and unknown runtimes make it: nothing awaitable is shared. */
const isolated = (step: Step, places: number) => {
  const { clock } = createVirtualTime(Date.parse('2026-03-01T12:00:00.000Z'), () => 0.5)
  const polledAt: number[] = []
  const fetch = async (_input: unknown, init?: RequestInit): Promise<Response> => {
    const signal = init?.signal as AbortSignal
    if (init?.method === 'POST') return json({ task_id: 'tsk_abc123' })(signal)
    polledAt.push(clock.monotonic())
    await clock.sleep(2_000, signal)
    return step(signal)
  }
  const settings = resolveSettings({ apiKey: 'test-key', clock, fetch: fetch as typeof globalThis.fetch })
  const usual = createSession(settings)
  const pollSlots = createExpiringSemaphore(places, clock, () => 0.5)
  const rateLimiter = createIsolatedRateLimiter(clock)
  const context = { clock, random: settings.random, pollSlots, rateLimiter }
  const http = { ...usual.http, connections: createExpiringSemaphore(places, clock, () => 0.5) }
  const session = { ...usual, http, pollSlots, pollers: createPollers(context, { shared: false }) }
  return { clock, polledAt, modifyVideo: createMethod(session, luma.modifyVideo) }
}

test('of two waits through one client, cancelling the first leaves the second to finish', async () => {
  const { clock, modifyVideo, polledAt } = isolated(completed, 8)
  const task = await modifyVideo(lumaBody)
  const controller = new AbortController()
  const first = rejection(task.wait({ signal: controller.signal }))
  const second = task.wait()
  await clock.sleep(6_000)
  controller.abort('the first request was cancelled')
  expect(await first).toBe('the first request was cancelled')
  expect(await second).toMatchObject({ status: 'completed' })
  expect(polledAt).toEqual([5_000, 5_000])
})

test('many waits pass an expiring gate, each with its own requests', async () => {
  const { modifyVideo, polledAt } = isolated(completed, 2)
  const tasks = await Promise.all(Array.from({ length: 6 }, () => modifyVideo(lumaBody)))
  for (const state of await Promise.all(tasks.map((task) => task.wait())))
    expect(state).toMatchObject({ status: 'completed' })
  expect(polledAt).toHaveLength(6)
})
