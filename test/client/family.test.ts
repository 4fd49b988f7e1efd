import { RunApiClient } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { completed, json, lumaBody, refused, rejection, said, service, stall, VIDEO } from '../task/service'

const event = (taskId: string) => ({
  taskId,
  task: {
    status: 'completed' as const,
    videos: [{ url: VIDEO }] as [{ url: string }],
    receivedAt: '2026-03-01T12:00:00.000Z',
    raw: {},
  },
})

test('a webhook that is handed to any client of a family ends the waits of all of them', async () => {
  for (const hears of ['parent', 'child', 'grandchild'] as const) {
    const { runapi: parent } = service([said('processing')])
    const child = parent.withOptions({ timeoutMs: 5_000 })
    const grandchild = child.withOptions({ apiKey: 'another-key', headers: { 'x-a': '1' } })
    const family = { parent, child, grandchild }
    const ref = (await parent.luma.modifyVideo(lumaBody)).toJSON()
    const waits = Object.values(family).map((client) => client.task(ref).wait({ timeoutMs: 60_000 }))
    expect(family[hears].settle(event(ref.id))).toBe(true)
    for (const wait of waits) expect(await wait).toMatchObject({ status: 'completed' })
  }
})

test('a webhook reaches no wait of the same id at another base URL', async () => {
  const { runapi } = service([said('processing')])
  const other = runapi.withOptions({ baseUrl: 'https://other.example.com' })
  const wait = rejection(other.task('luma.modifyVideo', 'a').wait({ timeoutMs: 1_000 }))
  expect(runapi.settle(event('a'))).toBe(false)
  expect(await wait).toMatchObject({ code: 'wait_timeout' })
})

test('parent and child poll one task once, each with its own age and deadline', async () => {
  const { runapi, clock, polledAt } = service([said('processing'), completed])
  const ref = (await runapi.luma.modifyVideo(lumaBody)).toJSON()
  await clock.sleep(1_000)
  const ages: number[] = []
  const child = runapi.withOptions({ timeoutMs: 5_000 })
  const schedule = ({ ageMs }: { ageMs: number }): number => {
    ages.push(ageMs)
    return 2_000
  }
  const bare = runapi.task('luma.modifyVideo', ref.id)
  const waits = [runapi.task(ref).wait({ schedule }), child.task(ref).wait({ schedule })]
  await Promise.all([...waits, bare.wait({ schedule })])
  expect(polledAt).toEqual([3_000, 5_000])
  expect(ages).toEqual([1_000, 1_000, 0, 3_000, 3_000, 2_000])
})

test('a child with another key, fetch or header polls for itself', async () => {
  for (const other of [{ apiKey: 'another-key' }, { headers: { 'x-a': '1' } }]) {
    const { runapi, polledAt } = service([completed])
    const ref = (await runapi.luma.modifyVideo(lumaBody)).toJSON()
    const clients = [runapi, runapi.withOptions(other)]
    await Promise.all(clients.map((client) => client.task(ref).wait()))
    expect(polledAt).toHaveLength(2)
  }
})

test('closing a derived client ends its own calls and nothing else', async () => {
  const { runapi, clock, polledAt } = service([said('processing'), said('processing'), completed])
  const child = runapi.withOptions({ timeoutMs: 5_000 })
  const ref = (await runapi.luma.modifyVideo(lumaBody)).toJSON()
  const schedule = () => 1_000
  const mine = rejection(child.task(ref).wait({ schedule }))
  const theirs = runapi.task(ref).wait({ schedule })
  await clock.sleep(1_500)
  await child.close()
  expect(await mine).toMatchObject({ code: 'client_closed', polls: 1 })
  expect(await theirs).toMatchObject({ status: 'completed' })
  expect(polledAt).toHaveLength(3)
  expect(await rejection(child.luma.modifyVideo(lumaBody))).toMatchObject({ code: 'client_closed' })
  expect(await runapi.luma.modifyVideo(lumaBody)).toMatchObject({ id: ref.id })
})

test('a poll that a derived client makes for its parent too goes on when it is closed', async () => {
  const { runapi, clock, slowly } = service([(signal, id) => slowly(3_000, completed)(signal, id)])
  const ref = (await runapi.luma.modifyVideo(lumaBody)).toJSON()
  const child = runapi.withOptions({ timeoutMs: 90_000 })
  const mine = rejection(child.task(ref).wait({ schedule: () => 1_000 }))
  const theirs = runapi.task(ref).wait({ schedule: () => 1_000 })
  await clock.sleep(2_000)
  await child.close()
  expect(await mine).toMatchObject({ code: 'client_closed' })
  expect(await theirs).toMatchObject({ status: 'completed' })
})

test('closing the parent ends the calls of those derived from it', async () => {
  const { runapi, clock } = service([stall])
  const grandchild = runapi.withOptions({ timeoutMs: 5_000 }).withOptions({ maxRetries: 0 })
  const task = grandchild.task('luma.modifyVideo', 'a')
  const calls = [rejection(task.wait()), rejection(task.poll())]
  await clock.sleep(100)
  await runapi.close()
  for (const call of calls) expect(await call).toMatchObject({ code: 'client_closed' })
})

test('a 429 on any request slows every wait of the family, and its Retry-After counts up to a minute', async () => {
  const tooMany = refused(429, { 'retry-after': '86400' })
  const { runapi, polledAt } = service([completed], { create: tooMany, maxRetries: 0 })
  const task = runapi.withOptions({ timeoutMs: 5_000 }).task('luma.modifyVideo', 'a')
  expect(await rejection(runapi.luma.modifyVideo(lumaBody))).toMatchObject({ code: 'rate_limit' })
  await task.wait()
  expect(polledAt[0]).toBeGreaterThanOrEqual(60_000)
  expect(polledAt[0]).toBeLessThan(75_000)
})

test('the task that a 429 is about waits for as long as it is told', async () => {
  const { runapi, polledAt } = service([refused(429, { 'retry-after': '600' }), completed])
  await runapi.task('luma.modifyVideo', 'a').wait()
  expect(polledAt[1]).toBeGreaterThanOrEqual(600_000)
})

test('a poll slot is free while poll() pauses between two attempts', async () => {
  const busy = json({}, { 'retry-after': '60' }, 503)
  const emulator = createEmulator({ takesMs: 6_000 })
  const { clock } = emulator
  const fetch: typeof globalThis.fetch = async (input, init) =>
    String(input).endsWith('/other')
      ? busy(init?.signal as AbortSignal)
      : emulator.fetch(input as string, init)
  const runapi = new RunApiClient({
    apiKey: 'test-key',
    fetch,
    clock,
    maxConcurrentPolls: 1,
    logLevel: 'off',
  })
  const poll = rejection(runapi.task('luma.modifyVideo', 'other').poll())
  await runapi.luma.modifyVideo(lumaBody).wait()
  expect(clock.monotonic()).toBeLessThan(30_000)
  expect(await poll).toMatchObject({ code: 'server' })
})
