import { expect, test } from 'vitest'
import { createExpiringSemaphore } from '../../src/limits/semaphore'
import { createVirtualTime } from '../../src/testing/time/virtual-time'
import { done, engine, going } from './engine'

test('where promises may not be shared, each wait looks for itself', async () => {
  const { watched } = engine({ shared: false })
  const { lookedAt, wait } = watched(going, going, done)
  const endings = await Promise.all([wait().ending, wait().ending])
  expect(endings.map(({ kind }) => kind)).toEqual(['reached', 'reached'])
  expect(lookedAt).toEqual([1_000, 1_000, 2_000, 2_000])
})

test('where promises may not be shared, a wait that is cancelled takes no other with it', async () => {
  const { clock, slowly, watched } = engine({ shared: false })
  const { wait } = watched(slowly(5_000, done))
  const [first, second] = [wait(), wait()]
  await clock.sleep(2_000)
  first.leave('gone')
  expect(await first.ending).toMatchObject({ kind: 'left', reason: 'gone' })
  expect(await second.ending).toMatchObject({ kind: 'reached', elapsedMs: 6_000 })
})

test('where promises may not be shared, one wait settles no other', async () => {
  const { clock, watches, watched } = engine({ shared: false })
  const { wait } = watched(going)
  const { ending, leave } = wait()
  await clock.sleep(10)
  watches.deliver('a', 'done', true)
  leave('enough')
  expect(await ending).toMatchObject({ kind: 'left' })
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

test('a look that never ends, whatever its signal says, gives its place back at the deadline of its wait', async () => {
  const { watched } = engine({ shared: false, limit: 1, expiring: true })
  const hanging = watched(() => new Promise(() => {}))
  const other = watched(done)
  const hung = hanging.wait({ timeoutMs: 30_000 })
  const { ending } = other.wait({ timeoutMs: 60_000, schedule: () => 2_000 }, 'b')
  expect(await hung.ending).toMatchObject({ kind: 'timed out', elapsedMs: 30_000 })
  expect(await ending).toMatchObject({ kind: 'reached' })
  expect(other.lookedAt[0]).toBeGreaterThanOrEqual(30_000)
  expect(other.lookedAt[0]).toBeLessThan(30_100)
})
