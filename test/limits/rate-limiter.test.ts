import { expect, test } from 'vitest'
import { createRateLimiter, type RateLimiter } from '../../src/limits/rate-limiter'
import { seededRandom } from '../../src/testing/emulator-state'
import type { PollResult } from '../../src/waiting/poll-result'
import { schedules } from '../../src/waiting/poll-schedule'
import { done, engine, going, limited, stumble } from '../waiting/engine'

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

test('a wait that queues in its turn stays back when the next rate limit comes', async () => {
  const { brake, slowly, watched } = engine({ limit: 1, random: () => 0 })
  brake.ease(0)
  brake.press(100, 1_000)
  const hit = watched(slowly(500, limited(10_000)), done)
  const queued = watched(done)
  const schedule = schedules.fixed(500)
  await Promise.all([hit.wait({ schedule }, 'hit').ending, queued.wait({ schedule }, 'queued').ending])
  expect(hit.lookedAt[0]).toBe(1_100)
  expect(queued.lookedAt[0]).toBeGreaterThanOrEqual(11_600)
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
  const brake = createRateLimiter()
  const pauses = Array.from({ length: 7 }, () => {
    const now = Math.max(0, brake.until)
    brake.press(now, undefined)
    return brake.until - now
  })
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
})

test('rate limits that were under way together press the brake once', () => {
  const brake = createRateLimiter()
  for (const now of [0, 10, 20]) brake.press(now, undefined)
  expect(brake.until).toBe(1_020)
})

test('a good answer makes the next pause short again', () => {
  const brake = createRateLimiter()
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
  const pauses = lookedAt.slice(1).map((at, index) => Math.round(at - (lookedAt[index] as number)))
  expect(pauses).toEqual([1_100, 2_200, 10, 1_100])
})

test('an answer that was under way when the brake was pressed does not ease it', () => {
  const brake = createRateLimiter()
  brake.press(0, undefined)
  brake.press(1_000, undefined)
  brake.ease(2_999)
  brake.press(3_000, undefined)
  expect(brake.until).toBe(7_000)
})

/** A brake that is pressed after ten good answers in one second. */
const pressedAtTenASecond = () => {
  const brake = createRateLimiter()
  for (let i = 0; i < 10; i++) brake.ease(i * 100)
  brake.press(1_000, 5_000)
  return brake
}
const never = () => 0

const queue = (brake: RateLimiter, now: number, count: number, random = never) =>
  Array.from({ length: count }, () => brake.turn(now, random) ?? Number.NaN)

/** When these turns come if nothing else happens. */
const comeAt = (brake: RateLimiter, turns: readonly number[], now: number) =>
  turns.map((turn) => {
    let at = now
    while (brake.askAt(turn, at) > at) at = brake.askAt(turn, at)
    return Math.round(at * 1_000) / 1_000
  })

test('after the pause looks take turns, at half the rate at which the rate limit came', () => {
  const brake = pressedAtTenASecond()
  expect(comeAt(brake, queue(brake, 1_000, 3), 1_000)).toEqual([6_000, 6_200, 6_400])
})

test('who comes while others queue takes the turn after theirs', () => {
  const brake = pressedAtTenASecond()
  queue(brake, 1_000, 10)
  expect(comeAt(brake, queue(brake, 7_000, 1), 7_000)).toEqual([8_000])
})

test('within its turn a look starts at a random moment', () => {
  const brake = pressedAtTenASecond()
  const turns = queue(brake, 1_000, 1, () => 0.5)
  expect(comeAt(brake, turns, 1_000)).toEqual([6_100])
})

test('each good answer makes the turns a little shorter, of those too who queue already', () => {
  const brake = pressedAtTenASecond()
  const turns = queue(brake, 1_000, 100)
  for (let i = 0; i < 70; i++) brake.ease(6_000)
  const [first, second, last] = comeAt(brake, [turns[1], turns[2], turns[99]] as number[], 6_000) as [
    number,
    number,
    number,
  ]
  expect(second - first).toBeCloseTo(200 * 0.99 ** 70, 2)
  expect(last).toBeCloseTo(6_000 + 99 * 200 * 0.99 ** 70, 2)
})

test('who queues asks again by the time at which good answers alone can have brought its turn', () => {
  const brake = pressedAtTenASecond()
  const turn = queue(brake, 1_000, 200).at(-1) as number
  const askAt = brake.askAt(turn, 6_000)
  let now = 6_000
  let gapMs = 200
  for (let i = 0; i < 199; i++) {
    now += gapMs
    gapMs *= 0.99
    brake.ease(now)
  }
  expect(askAt).toBeLessThan(now)
  expect(brake.askAt(turn, now)).toBe(now)
})

test('a turn that came and was not taken before the next pause is one of the first after it', () => {
  const brake = pressedAtTenASecond()
  const turns = queue(brake, 1_000, 10) as [number, number, ...number[]]
  brake.askAt(turns[1], 6_210)
  brake.press(6_210, 5_000)
  const again = turns.slice(0, 2).map((turn) => brake.turn(6_210, never, turn) as number)
  const [second, first, third] = comeAt(brake, [...again.reverse(), turns[2] as number], 6_210)
  expect([second, first]).toEqual([11_210, 11_610])
  expect(third).toBeCloseTo(11_210 + 400 * 2.95, 2)
})

test('a turn that has not come is kept through the next pause', () => {
  const brake = pressedAtTenASecond()
  const turn = queue(brake, 1_000, 10).at(-1) as number
  brake.press(6_210, 5_000)
  expect(brake.turn(6_210, never, turn)).toBe(turn)
})

test('a rate limit while looks take turns doubles the turns', () => {
  const brake = pressedAtTenASecond()
  const turns = queue(brake, 1_000, 10)
  brake.press(7_000, 5_000)
  expect(comeAt(brake, turns.slice(5, 7), 7_000)).toEqual([12_000, 12_400])
})

test('rate limits that were under way together double the turns once', () => {
  const brake = pressedAtTenASecond()
  brake.press(1_010, 5_000)
  expect(comeAt(brake, queue(brake, 1_010, 2), 1_010)).toEqual([6_010, 6_210])
})

test('when the turns are over the rate is counted anew, from the end of the pause', () => {
  const brake = pressedAtTenASecond()
  for (let i = 0; i < 20; i++) brake.ease(6_000 + i * 50)
  brake.press(7_000, 5_000)
  expect(comeAt(brake, queue(brake, 7_000, 2), 7_000)).toEqual([12_000, 12_100])
})

test('a pace that allowed more than there was is not the rate at which a rate limit came', () => {
  const brake = pressedAtTenASecond()
  queue(brake, 1_000, 100)
  for (let i = 0; i < 4; i++) brake.ease(8_000)
  brake.press(8_000, 5_000)
  const turns = queue(brake, 8_000, 1)
  brake.askAt(turns[0] as number, 13_000)
  expect(brake.askAt(0, 13_000)).toBe(13_000)
  expect(comeAt(brake, turns, 8_000)[0]).toBeCloseTo(13_000 + 90 * 1_000, 0)
})

test('the turns are over when nobody queues', () => {
  const brake = pressedAtTenASecond()
  queue(brake, 1_000, 1)
  brake.ease(6_300)
  expect([brake.turn(6_300, never), brake.turn(6_300, never)]).toEqual([undefined, undefined])
})

test('turns are never further apart than the spread of the pause, however seldom the client polled', () => {
  const brake = createRateLimiter()
  brake.ease(0)
  brake.press(60_000, 1_000)
  expect(comeAt(brake, queue(brake, 60_000, 2), 60_000)).toEqual([61_000, 61_200])
})

test('under a lasting rate limit all waits are late alike, few looks are refused and most of the limit is used', async () => {
  const { clock, watched } = engine({ random: seededRandom(5) })
  let second = -1
  let left = 0
  let refused = 0
  const service = async (): Promise<PollResult<string>> => {
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

test('a long queue that formed at a slow pace is served at the pace that good answers allow', async () => {
  const { clock, slowly, watched } = engine({ random: seededRandom(5) })
  let tokens = 5
  let filledAt = 0
  const service = (signal: AbortSignal) => {
    const now = clock.monotonic()
    tokens = Math.min(5, tokens + (now - filledAt) / 200)
    filledAt = now
    const look = tokens >= 1 ? done : limited(10_000)
    if (look === done) tokens--
    return (slowly(200, look) as (signal: AbortSignal) => Promise<PollResult<string>>)(signal)
  }
  const many = Array.from({ length: 1_000 }, () => watched(service))
  const terms = { timeoutMs: 900_000, schedule: schedules.fixed(5_000), maxFailures: 99 }
  const endings = await Promise.all(many.map(({ wait }, index) => wait(terms, String(index)).ending))
  expect(endings.filter(({ kind }) => kind !== 'reached')).toEqual([])
  expect(Math.max(...endings.map(({ elapsedMs }) => elapsedMs))).toBeLessThan(600_000)
  expect(many.filter(({ lookedAt }) => lookedAt.length > 5)).toEqual([])
})

test('a wait that begins while others take turns takes the turn after theirs', async () => {
  const { brake, watched } = engine()
  brake.ease(0)
  brake.press(100, 1_000)
  queue(brake, 100, 10)
  const { lookedAt, wait } = watched(done)
  await wait({ schedule: schedules.fixed(2_000) }).ending
  expect(lookedAt.map(Math.round)).toEqual([3_200])
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
  queue(brake, 100, 1_000)
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
  const turns = queue(brake, 1_000, 10)
  for (const turn of turns.slice(5)) brake.leave(turn, 1_000)
  const [first, next] = comeAt(brake, [turns[0] as number, ...queue(brake, 1_000, 1)], 1_000)
  expect(first).toBe(6_000)
  expect(next).toBeCloseTo(6_000 + (6 * 200 * 10) / 11)
})

test('a shorter delay does not shorten a pause', () => {
  const brake = createRateLimiter()
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
