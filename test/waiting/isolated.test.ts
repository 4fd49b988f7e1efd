import { expect, test } from 'vitest'
import { createExpiringSemaphore } from '../../src/limits/semaphore'
import { createVirtualTime } from '../../src/testing/time/virtual-time'
import { done, engine, going } from './engine'

test('where promises may not be shared, each wait polls for itself', async () => {
  const { target } = engine({ isolated: true })
  const { polledAt, wait } = target(going, going, done)
  const results = await Promise.all([wait().result, wait().result])
  expect(results.map(({ kind }) => kind)).toEqual(['reached', 'reached'])
  expect(polledAt).toEqual([1_000, 1_000, 2_000, 2_000])
})

test('where promises may not be shared, a wait that is cancelled takes no other with it', async () => {
  const { clock, slowly, target } = engine({ isolated: true })
  const { wait } = target(slowly(5_000, done))
  const [first, second] = [wait(), wait()]
  await clock.sleep(2_000)
  first.leave('gone')
  expect(await first.result).toMatchObject({ kind: 'left', reason: 'gone' })
  expect(await second.result).toMatchObject({ kind: 'reached', elapsedMs: 6_000 })
})

test('where promises may not be shared, one wait settles no other', async () => {
  const { clock, pollers, target } = engine({ isolated: true })
  const { wait } = target(going)
  const { result, leave } = wait()
  await clock.sleep(10)
  pollers.deliverNews('a', 'done', true)
  leave('enough')
  expect(await result).toMatchObject({ kind: 'left' })
})

test('a place that is never given back frees itself after its time', async () => {
  const { clock } = createVirtualTime(0, () => 0.5)
  const gate = createExpiringSemaphore(1, clock, () => 0.5)
  const { signal } = new AbortController()
  await gate.acquire(signal, 2_000)
  await gate.acquire(signal, 1_000)
  expect(clock.monotonic()).toBeGreaterThanOrEqual(2_000)
  expect(clock.monotonic()).toBeLessThan(2_100)
})

test('a poll that never ends, whatever its signal says, gives its place back at the deadline of its wait', async () => {
  const { target } = engine({ isolated: true, pollSlots: 1 })
  const hanging = target(() => new Promise(() => {}))
  const other = target(done)
  const hung = hanging.wait({ timeoutMs: 30_000 })
  const { result } = other.wait({ timeoutMs: 60_000, schedule: () => 2_000 }, 'b')
  expect(await hung.result).toMatchObject({ kind: 'timed out', elapsedMs: 30_000 })
  expect(await result).toMatchObject({ kind: 'reached' })
  expect(other.polledAt[0]).toBeGreaterThanOrEqual(30_000)
  expect(other.polledAt[0]).toBeLessThan(30_100)
})
