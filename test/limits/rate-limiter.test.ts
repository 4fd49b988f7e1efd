import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createIsolatedRateLimiter, createRateLimiter } from '../../src/limits/rate-limiter'
import type { Cancel } from '../../src/platform/clock'
import { seededRandom } from '../../src/testing/emulator-state'
import { createVirtualTime } from '../../src/testing/time/virtual-time'
import { schedules } from '../../src/waiting/poll-schedule'
import { type Brought, done, engine, failure, going, limited } from '../waiting/engine'

const limiters = [
  ['the queue', createRateLimiter],
  ['the bucket', createIsolatedRateLimiter],
] as const

/** A rate limiter on virtual time, after ten good answers in the first second. */
const atTenASecond = (make: (typeof limiters)[number][1], random = () => 0) => {
  const { clock } = createVirtualTime(0, random)
  const limiter = make(clock, random)
  const startedAt: number[] = []
  const enqueue = (count: number): Cancel[] =>
    Array.from({ length: count }, () => limiter.enqueue(() => startedAt.push(Math.round(clock.monotonic()))))
  for (let i = 0; i < 10; i++) limiter.onSuccess(i * 100)
  return { clock, limiter, startedAt, enqueue }
}

test.each(limiters)(
  '%s pauses for as long as the service says, and starts one poll at a time after it',
  async (_name, make) => {
    const { clock, limiter, startedAt, enqueue } = atTenASecond(make)
    await clock.sleep(1_000)
    limiter.onThrottled(1_000, 5_000)
    expect(limiter.shouldDefer(5_999)).toBe(true)
    enqueue(3)
    await clock.sleep(10_000)
    const [first, second, third] = startedAt as [number, number, number]
    expect(first).toBeGreaterThanOrEqual(6_000)
    // Half of ten a second.
    expect(second - first).toBeGreaterThanOrEqual(199)
    expect(third - second).toBeGreaterThanOrEqual(199)
    expect(third).toBeLessThanOrEqual(6_650)
  },
)

test.each(limiters)('%s counts a day of Retry-After as a minute for the other tasks', async (_name, make) => {
  const { limiter } = atTenASecond(make)
  limiter.onThrottled(1_000, 86_400_000)
  expect(limiter.pausedUntil).toBe(61_000)
})

test.each(limiters)('%s halves the pace again when the next 429 comes', async (_name, make) => {
  const { clock, limiter, startedAt, enqueue } = atTenASecond(make)
  await clock.sleep(1_000)
  limiter.onThrottled(1_000, 5_000)
  enqueue(100)
  await clock.sleep(6_000)
  limiter.onThrottled(7_000, 5_000)
  startedAt.length = 0
  await clock.sleep(9_000)
  expect(startedAt[0]).toBeGreaterThanOrEqual(12_000)
  expect(startedAt.length).toBeGreaterThanOrEqual(9)
  expect(startedAt.length).toBeLessThanOrEqual(12)
})

test.each(limiters)('%s takes 429s that were under way together for one', (_name, make) => {
  const { limiter } = atTenASecond(make)
  for (const now of [1_000, 1_010, 1_020]) limiter.onThrottled(now, undefined)
  expect(limiter.pausedUntil).toBe(2_020)
})

test.each(limiters)('%s doubles its pause with each 429 in a row, up to half a minute', (_name, make) => {
  const { limiter } = atTenASecond(make)
  let now = 1_000
  const pauses = Array.from({ length: 7 }, () => {
    limiter.onThrottled(now, undefined)
    const pauseMs = limiter.pausedUntil - now
    now = limiter.pausedUntil
    return pauseMs
  })
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
})

test.each(limiters)(
  'a good answer makes the next pause of %s short again, unless it was under way in the pause',
  (_name, make) => {
    const { limiter } = atTenASecond(make)
    limiter.onThrottled(1_000, undefined)
    limiter.onSuccess(1_500)
    limiter.onThrottled(2_000, undefined)
    expect(limiter.pausedUntil).toBe(4_000)
    limiter.onSuccess(4_500)
    limiter.onThrottled(5_000, undefined)
    expect(limiter.pausedUntil).toBe(6_000)
  },
)

test.each(limiters)('%s is not shortened by a shorter Retry-After', (_name, make) => {
  const { limiter } = atTenASecond(make)
  limiter.onThrottled(1_000, 30_000)
  limiter.onThrottled(1_010, 1_000)
  expect(limiter.pausedUntil).toBe(31_000)
})

test.each(limiters)('%s serves a long queue at the pace that good answers allow', async (_name, make) => {
  const { clock, limiter } = atTenASecond(make)
  await clock.sleep(1_000)
  limiter.onThrottled(1_000, 5_000)
  let served = 0
  for (let i = 0; i < 1_000; i++) {
    limiter.enqueue(() => {
      served++
      limiter.onSuccess(clock.monotonic())
    })
  }
  await clock.sleep(60_000)
  // At the pace it began with, it would take 200 seconds.
  expect(served).toBe(1_000)
})

test.each(limiters)('%s lets everyone through once nobody queues', async (_name, make) => {
  const { clock, limiter, enqueue } = atTenASecond(make)
  await clock.sleep(1_000)
  limiter.onThrottled(1_000, 5_000)
  enqueue(1)
  await clock.sleep(10_000)
  limiter.onSuccess(11_000)
  expect([1, 2, 3].map(() => limiter.shouldDefer(11_000))).toEqual([false, false, false])
})

test.each(limiters)('%s gives the turns of polls that were given up to others', async (_name, make) => {
  const { clock, limiter, startedAt, enqueue } = atTenASecond(make)
  await clock.sleep(1_000)
  limiter.onThrottled(1_000, 5_000)
  for (const leave of enqueue(1_000)) leave()
  enqueue(1)
  await clock.sleep(6_000)
  expect(startedAt).toHaveLength(1)
})

test.each(limiters)(
  '%s keeps even the polls of a client that polls seldom at most a fifth of the pause apart',
  async (_name, make) => {
    const { clock } = createVirtualTime(0, () => 0)
    const limiter = make(clock, () => 0)
    limiter.onSuccess(0)
    await clock.sleep(60_000)
    limiter.onThrottled(60_000, 1_000)
    const startedAt: number[] = []
    for (let i = 0; i < 2; i++) limiter.enqueue(() => startedAt.push(clock.monotonic()))
    await clock.sleep(1_500)
    expect(startedAt).toHaveLength(2)
  },
)

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant('poll' as const) },
  { weight: 2, arbitrary: fc.constant('leave' as const) },
  { weight: 1, arbitrary: fc.constant('429' as const) },
  { weight: 1, arbitrary: fc.constant('429 for 5 s' as const) },
  { weight: 4, arbitrary: fc.constant('answer' as const) },
)
const scene = fc.array(
  fc.tuple(step, fc.integer({ min: 0, max: 3_000 }), fc.double({ min: 0, max: 0.999, noNaN: true })),
  { maxLength: 60 },
)

test.each(limiters)(
  'whatever comes, every poll in %s starts or leaves, never in a pause, and the queue ends',
  async (_name, make) => {
    await fc.assert(
      fc.asyncProperty(scene, async (steps) => {
        const { clock } = createVirtualTime(0, () => 0.5)
        const limiter = make(clock, () => 0.5)
        const queued = new Map<number, Cancel>()
        let number = 0
        for (const [what, ms, random] of steps) {
          if (ms > 0) await clock.sleep(ms)
          const now = clock.monotonic()
          if (what === 'poll' && limiter.shouldDefer(now)) {
            const mine = number++
            const start = (): void => {
              expect(clock.monotonic()).toBeGreaterThanOrEqual(limiter.pausedUntil)
              queued.delete(mine)
            }
            queued.set(mine, limiter.enqueue(start))
          } else if (what === 'leave') {
            const [mine, leave] = [...queued][Math.floor(random * queued.size)] ?? []
            leave?.()
            if (mine !== undefined) queued.delete(mine)
          } else if (what === 'answer') limiter.onSuccess(now)
          else if (what !== 'poll') limiter.onThrottled(now, what === '429' ? undefined : 5_000)
        }
        // The longest pause, and one gap at its longest for each.
        await clock.sleep(30_000 + 61 * 6_000)
        expect(queued.size).toBe(0)
        limiter.onSuccess(clock.monotonic())
        expect(limiter.shouldDefer(clock.monotonic())).toBe(false)
      }),
      { numRuns: 200 },
    )
  },
)

test('the delay that an answer asks for is a minimum, and only for the next poll', async () => {
  const { target } = engine()
  const { polledAt, wait } = target({ ...going, notBeforeMs: 7_000 }, going, done)
  await wait().result
  expect(polledAt).toEqual([1_000, 8_000, 9_000])
})

test('a failed poll can ask for a delay too', async () => {
  const { target } = engine()
  const { polledAt, wait } = target(failure({ notBeforeMs: 7_000 }), failure({ notBeforeMs: 10 }), done)
  await wait().result
  expect(polledAt).toEqual([1_000, 8_000, 9_000])
})

test('a delay beyond the deadline ends the wait at the deadline without another poll', async () => {
  const { target } = engine()
  const { polledAt, wait } = target(failure({ notBeforeMs: 60_000 }), done)
  expect(await wait({ timeoutMs: 20_000 }).result).toMatchObject({ kind: 'timed out', elapsedMs: 20_000 })
  expect(polledAt).toEqual([1_000])
})

const modes = [
  ['shared', false],
  ['isolated', true],
] as const

test.each(modes)(
  '%s: a rate limit holds back every wait, and they do not come back together',
  async (_name, isolated) => {
    const { target } = engine({ isolated, random: seededRandom(7) })
    const many = Array.from({ length: 10 }, () => target(limited(10_000), done))
    const other = target(done)
    await Promise.all([
      ...many.map(({ wait }, index) => wait({}, String(index)).result),
      other.wait({ schedule: schedules.fixed(2_000) }, 'other').result,
    ])
    const resumedAt = [...many.map(({ polledAt }) => polledAt[1]), other.polledAt[0]] as number[]
    for (const at of resumedAt) {
      expect(at).toBeGreaterThanOrEqual(11_000)
      expect(at).toBeLessThanOrEqual(14_000)
    }
    expect(new Set(resumedAt).size).toBe(11)
  },
)

test.each(modes)(
  '%s: a wait that queues for its slot stays back when a rate limit comes',
  async (_name, isolated) => {
    const { slowly, target } = engine({ isolated, pollSlots: 1 })
    const hit = target(slowly(500, limited(10_000)), done)
    const queued = target(done)
    await Promise.all([hit.wait({}, 'hit').result, queued.wait({}, 'queued').result])
    expect(queued.polledAt[0]).toBeGreaterThanOrEqual(11_500)
  },
)

test.each(modes)('%s: a deadline ends a wait that a rate limit holds back', async (_name, isolated) => {
  const { target } = engine({ isolated })
  const hit = target(limited(60_000), done).wait({ timeoutMs: 5_000 }, 'hit').result
  const held = target(done).wait({ timeoutMs: 5_000, schedule: schedules.fixed(2_000) }, 'held').result
  expect(await hit).toMatchObject({ kind: 'timed out', elapsedMs: 5_000, polls: 1 })
  expect(await held).toMatchObject({ kind: 'timed out', elapsedMs: 5_000, polls: 0 })
})

test.each(modes)(
  '%s: a wait that ends before its turn takes its last poll all the same',
  async (_name, isolated) => {
    const { rateLimiter, target } = engine({ isolated })
    rateLimiter.onSuccess(0)
    rateLimiter.onThrottled(100, 1_000)
    for (let i = 0; i < 1_000; i++) rateLimiter.enqueue(() => {})
    const { polledAt, wait } = target(done)
    expect(await wait({ timeoutMs: 5_000 }).result).toMatchObject({ kind: 'reached', polls: 1 })
    expect(polledAt).toEqual([4_500])
  },
)

test.each(modes)(
  '%s: the last poll of a wait that ends soon after the pause comes after the pause',
  async (_name, isolated) => {
    const { rateLimiter, target } = engine({ isolated })
    rateLimiter.onThrottled(0, 4_800)
    for (let i = 0; i < 1_000; i++) rateLimiter.enqueue(() => {})
    const { polledAt, wait } = target(done)
    expect(await wait({ timeoutMs: 5_000 }).result).toMatchObject({ kind: 'reached' })
    expect(polledAt).toEqual([4_800])
  },
)

test.each(modes)('%s: a wait that left the queue polls at its own time', async (_name, isolated) => {
  const { clock, rateLimiter, target } = engine({ isolated })
  rateLimiter.onThrottled(0, 2_000)
  const { polledAt, wait } = target(done)
  const hasty = wait({ schedule: schedules.fixed(1_000) })
  const patient = isolated ? undefined : wait({ schedule: schedules.fixed(30_000) })
  await clock.sleep(1_500)
  hasty.leave('enough')
  await patient?.result
  expect(polledAt).toEqual(isolated ? [] : [30_000])
})

test.each(modes)(
  '%s: under a lasting rate limit nobody starves, few polls are refused and most of the limit is used',
  async (_name, isolated) => {
    const { clock, target } = engine({ isolated, random: seededRandom(5) })
    let second = -1
    let left = 0
    let refused = 0
    const service = async (): Promise<Brought> => {
      if (Math.floor(clock.monotonic() / 1_000) !== second) {
        second = Math.floor(clock.monotonic() / 1_000)
        left = 10
      }
      if (left-- > 0) return going
      refused++
      return limited(2_000)
    }
    const many = Array.from({ length: 60 }, () => target(service))
    const options = {
      timeoutMs: 120_000,
      schedule: schedules.exponential({ initialMs: 2_000, factor: 1, maxMs: 2_000 }),
      maxFailures: 99,
    }
    await Promise.all(many.map(({ wait }, index) => wait(options, String(index)).result))
    const polls = many.map(({ polledAt }) => polledAt.length)
    const total = polls.reduce((sum, count) => sum + count, 0)
    expect(refused / total).toBeLessThan(0.1)
    expect(total - refused).toBeGreaterThan(0.4 * 120 * 10)
    expect(Math.max(...polls) - Math.min(...polls)).toBeLessThan(0.5 * Math.max(...polls))
  },
)

test('a failure that is not a rate limit slows nobody', async () => {
  const { rateLimiter, target } = engine()
  const failing = target(failure(), failure(), done)
  const other = target(going, going, done)
  await Promise.all([failing.wait().result, other.wait({}, 'b').result])
  expect(rateLimiter.pausedUntil).toBe(Number.NEGATIVE_INFINITY)
  expect(other.polledAt).toEqual([1_000, 2_000, 3_000])
})
