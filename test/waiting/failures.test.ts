import { expect, test } from 'vitest'
import { createRateLimiter } from '../../src/limits/rate-limiter'
import { createSemaphore } from '../../src/limits/semaphore'
import type { Clock } from '../../src/platform/clock'
import { createVirtualTime } from '../../src/testing/time/virtual-time'
import { schedules } from '../../src/waiting/poll-schedule'
import { createPollers } from '../../src/waiting/pollers'
import { delays, done, engine, failure, going, limited } from './engine'

test('as many failures in a row as are tolerated do not end the wait', async () => {
  const { target } = engine()
  const { wait } = target(failure(), failure(), done)
  expect(await wait({ maxFailures: 2 }).result).toMatchObject({ kind: 'reached', polls: 3 })
})

test('one failure more ends the wait with the last error', async () => {
  const { target } = engine()
  const last = new Error('the last')
  const { wait } = target(going, failure(), failure(), failure({ error: last }), done)
  expect(await wait({ maxFailures: 2 }).result).toMatchObject({
    kind: 'too many failures',
    error: last,
    polls: 4,
    lastState: 'going',
  })
})

test('a good poll starts the count of failures again', async () => {
  const { target } = engine()
  const { wait } = target(failure(), failure(), going, failure(), failure(), done)
  expect(await wait({ maxFailures: 2 }).result).toMatchObject({ kind: 'reached', polls: 6 })
})

test('a failure that is expected early on is polled past and not counted', async () => {
  const { target } = engine()
  const early = failure({ counts: false })
  const { wait } = target(early, early, early, done)
  expect(await wait({ maxFailures: 0 }).result).toMatchObject({ kind: 'reached', polls: 4 })
})

test('a refusal ends every wait at once', async () => {
  const { target } = engine()
  const error = new Error('no')
  const { polledAt, wait } = target(going, { kind: 'failure', label: 'no', error }, done)
  for (const result of await Promise.all([wait().result, wait().result]))
    expect(result).toMatchObject({ kind: 'failed', error, polls: 2, lastState: 'going' })
  expect(polledAt).toHaveLength(2)
})

test('a poll that throws does not leave its waits hanging', async () => {
  const { target } = engine()
  const error = new Error('a bug')
  const { wait } = target(() => Promise.reject(error))
  expect(await wait().result).toMatchObject({ kind: 'failed', error })
})

test('a timeout carries the last failure', async () => {
  const { target } = engine()
  const error = new Error('the last')
  const { wait } = target(going, failure({ error }))
  expect(await wait({ timeoutMs: 2_500 }).result).toMatchObject({ kind: 'timed out', error })
})

test('a wait whose look fails during a rate limit takes no turn before it wants to look again', async () => {
  const { rateLimiter, clock, slowly, target } = engine({ random: () => 0 })
  rateLimiter.onSuccess(0)
  const failing = target(slowly(200, failure()), done).wait({ schedule: delays(0, 5_000) }, 'failing')
  await clock.sleep(100)
  rateLimiter.onThrottled(100, 1_000)
  const { polledAt, wait } = target(done)
  await wait({ schedule: delays(400) }).result
  expect(polledAt).toEqual([1_100])
  expect(await failing.result).toMatchObject({ kind: 'reached', elapsedMs: 5_200 })
})

test('a wait that ends as its poll gets the slot gives the slot back', async () => {
  const { target, slowly } = engine({ pollSlots: 1 })
  const ends: (() => void)[] = []
  const first = target(slowly(5_000, going), done).wait({ onState: () => ends.shift()?.() }, 'first')
  const second = target(done).wait({}, 'second')
  const third = target(done).wait({}, 'third')
  ends.push(() => second.leave('enough'))
  expect(await second.result).toMatchObject({ kind: 'left', reason: 'enough', polls: 0 })
  expect(await third.result).toMatchObject({ kind: 'reached', state: 'done' })
  expect(await first.result).toMatchObject({ kind: 'reached', state: 'done' })
})

test('a poll that queued for its slot when a 429 came waits for the end of the pause', async () => {
  const { target, slowly } = engine({ pollSlots: 1 })
  target(slowly(5_000, limited(30_000)), done).wait({}, 'throttled')
  const queued = target(done)
  const { result } = queued.wait({}, 'queued')
  expect(await result).toMatchObject({ kind: 'reached', polls: 1 })
  expect(queued.polledAt[0]).toBeGreaterThanOrEqual(36_000)
})

test('a poll that cannot begin gives its slot back', async () => {
  const { clock: sound } = createVirtualTime(0, () => 0.5)
  let readings = 0
  // Fails once: when the queued poll gets its slot.
  const clock: Clock = {
    ...sound,
    monotonic: () => {
      if (readings > 0 && --readings === 0) throw new Error('the clock failed')
      return sound.monotonic()
    },
  }
  const pollSlots = createSemaphore(1)
  const rateLimiter = createRateLimiter(clock, () => 0.5)
  const pollers = createPollers({ clock, random: () => 0.5, pollSlots, rateLimiter }, { shared: true })
  const wait = (name: string) =>
    pollers.wait(
      { name, via: [], pollTimeoutMs: 60_000, ageMs: () => sound.monotonic(), poll: async () => done },
      { timeoutMs: 60_000, schedule: schedules.fixed(1_000), maxFailures: 5, onState: () => {} },
    )
  const { signal } = new AbortController()
  const release = await pollSlots.acquire(signal, 60_000)
  const failing = wait('failing')
  await sound.sleep(2_000)
  readings = 1
  release()
  expect(await failing.result).toMatchObject({ kind: 'failed', error: new Error('the clock failed') })
  expect(await wait('next').result).toMatchObject({ kind: 'reached', state: 'done' })
})
