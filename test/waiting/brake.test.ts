import { expect, test } from 'vitest'
import { schedules } from '../../src/poll-schedule'
import { seededRandom } from '../../src/testing/seeded-random'
import { createBrake } from '../../src/waiting/brake'
import type { Look } from '../../src/waiting/look'
import { done, engine, going, limited, stumble } from './engine'

test('the delay that an answer asks for is a minimum, and only for the next look', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched({ ...going, notBeforeMs: 7_000 } as never, going, done)
  await wait().ending
  expect(lookedAt).toEqual([1_000, 8_000, 9_000])
})

test('a failed look can ask for a delay too', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched(stumble({ notBeforeMs: 7_000 }), stumble({ notBeforeMs: 10 }), done)
  await wait().ending
  expect(lookedAt).toEqual([1_000, 8_000, 9_000])
})

test('a delay beyond the deadline ends the wait at the deadline without another look', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched(stumble({ notBeforeMs: 60_000 }), done)
  expect(await wait({ timeoutMs: 20_000 }).ending).toMatchObject({ kind: 'timed out', elapsedMs: 20_000 })
  expect(lookedAt).toEqual([1_000])
})

test('a rate limit holds back every wait, and spreads them afterwards', async () => {
  let seed = 0
  const random = () => (seed = (seed + 0.37) % 1)
  const { watched } = engine({ random })
  const hit = watched(limited(10_000), done)
  const others = Array.from({ length: 10 }, () => watched(done))
  const waits = [
    hit.wait({ schedule: schedules.fixed(1_000) }, 'hit').ending,
    ...others.map(({ wait }, index) => wait({ schedule: schedules.fixed(2_000) }, `other ${index}`).ending),
  ]
  await Promise.all(waits)
  const resumedAt = [hit.lookedAt[1], ...others.map(({ lookedAt }) => lookedAt[0])] as number[]
  for (const at of resumedAt) {
    expect(at).toBeGreaterThanOrEqual(11_000)
    expect(at).toBeLessThanOrEqual(13_000)
  }
  expect(new Set(resumedAt).size).toBe(11)
})

test('waits that meet the rate limit together do not come back together', async () => {
  let seed = 0
  const random = () => (seed = (seed + 0.37) % 1)
  const { watched } = engine({ random })
  const many = Array.from({ length: 10 }, () => watched(limited(10_000), done))
  await Promise.all(many.map(({ wait }, index) => wait({}, String(index)).ending))
  const resumedAt = many.map(({ lookedAt }) => lookedAt[1] as number)
  expect(new Set(resumedAt).size).toBe(10)
  expect(Math.min(...resumedAt)).toBeGreaterThanOrEqual(11_000)
})

test('a wait whose turn comes while it queues behind a rate limit stays back', async () => {
  const { slowly, watched } = engine({ limit: 1 })
  const hit = watched(slowly(500, limited(10_000)), done)
  const queued = watched(done)
  await Promise.all([hit.wait({}, 'hit').ending, queued.wait({}, 'queued').ending])
  expect(queued.lookedAt[0]).toBeGreaterThanOrEqual(11_500)
})

test('a deadline ends a wait that a rate limit holds back', async () => {
  const { watched } = engine()
  const hit = watched(limited(60_000), done)
  const held = watched(done)
  const first = hit.wait({ timeoutMs: 5_000 }, 'hit').ending
  const second = held.wait({ timeoutMs: 5_000, schedule: schedules.fixed(2_000) }, 'held').ending
  expect(await first).toMatchObject({ kind: 'timed out', elapsedMs: 5_000, polls: 1 })
  expect(await second).toMatchObject({ kind: 'timed out', elapsedMs: 5_000, polls: 0 })
})

test('without a delay of the service the pause doubles with each rate limit in a row, up to half a minute', () => {
  const brake = createBrake()
  const pauses = Array.from({ length: 7 }, () => {
    const now = Math.max(0, brake.until)
    brake.press(now, undefined)
    return brake.until - now
  })
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
})

test('rate limits that were under way together press the brake once', () => {
  const brake = createBrake()
  for (const now of [0, 10, 20]) brake.press(now, undefined)
  expect(brake.until).toBe(1_020)
})

test('a good answer makes the next pause short again', () => {
  const brake = createBrake()
  brake.press(0, undefined)
  brake.press(1_000, undefined)
  brake.ease(3_000)
  brake.press(10_000, undefined)
  expect(brake.until).toBe(11_000)
})

test('a state that comes between rate limits makes the next pause short again', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched(limited(), limited(), going, limited(), done)
  await wait({ schedule: schedules.fixed(10) }).ending
  const pauses = lookedAt.slice(1).map((at, index) => at - (lookedAt[index] as number))
  expect(pauses).toEqual([1_100, 2_200, 10, 1_100])
})

test('an answer that was under way when the brake was pressed does not ease it', () => {
  const brake = createBrake()
  brake.press(0, undefined)
  brake.press(1_000, undefined)
  brake.ease(2_999)
  brake.press(3_000, undefined)
  expect(brake.until).toBe(7_000)
})

/** A brake that is pressed after ten good answers in one second. */
const pressedAtTenASecond = () => {
  const brake = createBrake()
  for (let i = 0; i < 10; i++) brake.ease(i * 100)
  brake.press(1_000, 5_000)
  return brake
}
const never = () => 0

test('after the pause looks take turns, at half the rate at which the rate limit came', () => {
  const brake = pressedAtTenASecond()
  const turns = Array.from({ length: 3 }, () => brake.turn(1_000, never))
  expect(turns).toEqual([6_000, 6_200, 6_400])
})

test('who comes while others queue takes the turn after theirs', () => {
  const brake = pressedAtTenASecond()
  for (let i = 0; i < 10; i++) brake.turn(1_000, never)
  expect(brake.turn(7_000, never)).toBe(8_000)
})

test('within its turn a look starts at a random moment', () => {
  expect(pressedAtTenASecond().turn(1_000, () => 0.5)).toBe(6_100)
})

test('each good answer makes the turns a little shorter', () => {
  const brake = pressedAtTenASecond()
  for (let i = 0; i < 100; i++) brake.turn(1_000, never)
  for (let i = 0; i < 70; i++) brake.ease(7_000)
  const first = brake.turn(7_000, never)
  expect(brake.turn(7_000, never) - first).toBeCloseTo(200 * 0.99 ** 70)
})

test('a rate limit while looks take turns doubles the turns', () => {
  const brake = pressedAtTenASecond()
  for (let i = 0; i < 10; i++) brake.turn(1_000, never)
  brake.press(7_000, 5_000)
  const turns = Array.from({ length: 2 }, () => brake.turn(7_000, never))
  expect(turns).toEqual([12_000, 12_400])
})

test('rate limits that were under way together double the turns once', () => {
  const brake = pressedAtTenASecond()
  brake.press(1_010, 5_000)
  const turns = Array.from({ length: 2 }, () => brake.turn(1_010, never))
  expect(turns).toEqual([6_010, 6_210])
})

test('when the turns are over the rate is counted anew, from the end of the pause', () => {
  const brake = pressedAtTenASecond()
  for (let i = 0; i < 20; i++) brake.ease(6_000 + i * 50)
  brake.press(7_000, 5_000)
  const turns = Array.from({ length: 2 }, () => brake.turn(7_000, never))
  expect(turns).toEqual([12_000, 12_100])
})

test('the turns are over when nobody queues', () => {
  const brake = pressedAtTenASecond()
  expect(brake.turn(1_000, never)).toBe(6_000)
  brake.ease(6_300)
  expect([brake.turn(6_300, never), brake.turn(6_300, never)]).toEqual([6_300, 6_300])
})

test('turns are never further apart than the spread of the pause, however seldom the client polled', () => {
  const brake = createBrake()
  brake.ease(0)
  brake.press(60_000, 1_000)
  const turns = Array.from({ length: 2 }, () => brake.turn(60_000, never))
  expect(turns).toEqual([61_000, 61_200])
})

test('under a lasting rate limit all waits are late alike, few looks are refused and most of the limit is used', async () => {
  const { clock, watched } = engine({ random: seededRandom(5) })
  let second = -1
  let left = 0
  let refused = 0
  const service = async (): Promise<Look<string>> => {
    if (Math.floor(clock.monotonic() / 1_000) !== second) {
      second = Math.floor(clock.monotonic() / 1_000)
      left = 10
    }
    if (left-- > 0) return going
    refused++
    return limited(2_000)
  }
  const many = Array.from({ length: 60 }, () => watched(service))
  const terms = {
    timeoutMs: 120_000,
    schedule: schedules.exponential({ initialMs: 2_000, factor: 1, maxMs: 2_000 }),
    maxFailures: 99,
  }
  await Promise.all(many.map(({ wait }, index) => wait(terms, String(index)).ending))
  const looks = many.map(({ lookedAt }) => lookedAt.length)
  const total = looks.reduce((sum, count) => sum + count, 0)
  expect(refused / total).toBeLessThan(0.1)
  expect(total - refused).toBeGreaterThan(0.4 * 120 * 10)
  expect(Math.max(...looks) - Math.min(...looks)).toBeLessThan(0.5 * Math.max(...looks))
})

test('a wait that begins while others take turns takes the turn after theirs', async () => {
  const { brake, watched } = engine()
  brake.ease(0)
  brake.press(100, 1_000)
  for (let i = 0; i < 10; i++) brake.turn(100, never)
  const { lookedAt, wait } = watched(done)
  await wait({ schedule: schedules.fixed(2_000) }).ending
  expect(lookedAt).toEqual([3_200])
})

test('a wait looks in its own turn, in the moment the pause ends too', async () => {
  const { brake, watched } = engine({ random: never })
  brake.ease(0)
  brake.press(100, 5_000)
  const { lookedAt, wait } = watched(done)
  await wait({ schedule: schedules.fixed(2_000) }).ending
  expect(lookedAt).toEqual([5_100])
})

test('a wait that ends before its turn takes its last look all the same', async () => {
  const { brake, watched } = engine({ random: never })
  brake.ease(0)
  brake.press(100, 1_000)
  for (let i = 0; i < 1_000; i++) brake.turn(100, never)
  const { lookedAt, wait } = watched(done)
  expect(await wait({ timeoutMs: 30_000 }).ending).toMatchObject({ kind: 'reached', polls: 1 })
  expect(lookedAt).toEqual([29_000])
})

test('turns of waits that were given up are free for others', async () => {
  const { brake, clock, watched } = engine({ random: never })
  brake.ease(0)
  brake.press(100, 1_000)
  const many = Array.from({ length: 1_000 }, (_, index) => watched(done).wait({}, String(index)))
  await clock.sleep(1_050)
  for (const { leave } of many) leave(new Error('given up'))
  const { lookedAt, wait } = watched(done)
  await wait({ schedule: schedules.fixed(1_000) }, 'late').ending
  expect(lookedAt).toEqual([2_050])
})

test('turns that are given back bring the end of the queue forward, and never before the pause is over', () => {
  const brake = pressedAtTenASecond()
  const turns = Array.from({ length: 10 }, () => brake.turn(1_000, never))
  for (const turn of turns.slice(5)) brake.leave(turn, 1_000)
  expect(brake.turn(1_000, never)).toBe(7_000)
})

test('a shorter delay does not shorten a pause', () => {
  const brake = createBrake()
  brake.press(0, 30_000)
  brake.press(10, 1_000)
  expect(brake.until).toBe(30_000)
})

test('a failure that is no rate limit brakes nobody', async () => {
  const { brake, watched } = engine()
  const failing = watched(stumble(), stumble(), done)
  const other = watched(going, going, done)
  await Promise.all([failing.wait().ending, other.wait({}, 'b').ending])
  expect(brake.until).toBe(Number.NEGATIVE_INFINITY)
  expect(other.lookedAt).toEqual([1_000, 2_000, 3_000])
})

test('a wait whose turn comes in the moment the brake ends is not held back', async () => {
  const { watched } = engine()
  const braking = watched(limited(4_000), done)
  const other = watched(done)
  const both = [braking.wait(), other.wait({ schedule: schedules.fixed(5_000) }, 'b')]
  await Promise.all(both.map(({ ending }) => ending))
  expect(other.lookedAt).toEqual([5_000])
})
