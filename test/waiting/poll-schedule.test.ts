import fc from 'fast-check'
import { expect, test } from 'vitest'
import { schedules } from '../../src/models'
import type { PollSchedule } from '../../src/waiting/poll-schedule'

const middle = () => 0.5
const context = fc.record({
  ageMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
  attempt: fc.nat(2_000),
  jitter: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
})

/** The ages at which a task without end is polled in its first minutes. */
const agesOf = (schedule: PollSchedule, untilMs: number, fromMs = 0): number[] => {
  const ages: number[] = []
  for (let ageMs = fromMs, attempt = 0; ; attempt++) {
    ageMs += schedule({ ageMs, attempt, random: middle })
    if (ageMs > untilMs) return ages
    ages.push(Math.round(ageMs))
  }
}

test('Luma is probed at 5 s, then polled from 20 s on, every 4.4 s', () => {
  expect(agesOf(schedules.luma, 34_000)).toEqual([5_000, 20_000, 24_400, 28_800, 33_200])
})

test('Hailuo is probed at 5 s, then polled from 38 s on, every 5 s', () => {
  expect(agesOf(schedules.hailuo, 54_000)).toEqual([5_000, 38_000, 43_000, 48_000, 53_000])
})

test.each([
  ['luma', schedules.luma, 4_400],
  ['hailuo', schedules.hailuo, 5_000],
] as const)('%s thins out to 2 % of the age, and to 15 s at the most', (_name, schedule, everyMs) => {
  const delay = (ageMs: number) => schedule({ ageMs, attempt: 9, random: middle })
  expect(delay(100_000)).toBe(everyMs)
  expect(delay(400_000)).toBe(8_000)
  expect(delay(10_000_000)).toBe(15_000)
})

test('a task that is revived late is polled at once', () => {
  for (const schedule of [schedules.luma, schedules.hailuo])
    expect(schedule({ ageMs: 600_000, attempt: 0, random: middle })).toBe(0)
})

test('a task that is revived between probe and first poll waits for the first poll', () => {
  expect(schedules.luma({ ageMs: 12_000, attempt: 0, random: middle })).toBe(8_000)
})

test('jitter moves every delay of the presets by 10 % at the most, either way', () => {
  const delay = (random: number) => schedules.luma({ ageMs: 60_000, attempt: 3, random: () => random })
  expect(delay(0)).toBeCloseTo(4_400 * 0.9)
  expect(delay(0.999_999)).toBeCloseTo(4_400 * 1.1, 0)
})

test('an exponential schedule grows by its factor up to its limit', () => {
  const schedule = schedules.exponential({ initialMs: 1_000, factor: 2, maxMs: 10_000, jitter: 0 })
  const delays = [0, 1, 2, 3, 4, 5_000].map((attempt) => schedule({ ageMs: 0, attempt, random: middle }))
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
})

test('a fixed schedule has one delay and no jitter', () => {
  expect(schedules.fixed(750)({ ageMs: 9, attempt: 9, random: () => 0.9 })).toBe(750)
})

test('every delay of a typical schedule lies within its bounds, and the same context gives the same delay', () => {
  const options = fc.record({
    probeMs: fc.nat(60_000),
    firstMs: fc.nat(600_000),
    everyMs: fc.integer({ min: 1, max: 60_000 }),
    rho: fc.double({ min: 0, max: 1, noNaN: true }),
    maxMs: fc.integer({ min: 60_000, max: 600_000 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(options, context, (option, { ageMs, attempt, jitter }) => {
      const schedule = schedules.typical(option)
      const delay = schedule({ ageMs, attempt, random: () => jitter })
      expect(schedule({ ageMs, attempt, random: () => jitter })).toBe(delay)
      const longest = Math.max(option.maxMs, option.firstMs, option.probeMs) * (1 + option.jitter)
      expect(delay).toBeGreaterThanOrEqual(0)
      expect(delay).toBeLessThanOrEqual(longest + 1)
      if (attempt > 0) expect(delay).toBeGreaterThanOrEqual(option.everyMs * (1 - option.jitter) - 1)
    }),
  )
})

test('every delay of an exponential schedule lies within its bounds', () => {
  const options = fc.record({
    initialMs: fc.integer({ min: 0, max: 10_000 }),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    maxMs: fc.integer({ min: 10_000, max: 600_000 }),
  })
  fc.assert(
    fc.property(options, context, (option, { ageMs, attempt, jitter }) => {
      const delay = schedules.exponential(option)({ ageMs, attempt, random: () => jitter })
      expect(delay).toBeGreaterThanOrEqual(option.initialMs * 0.9)
      expect(delay).toBeLessThanOrEqual(option.maxMs * 1.1)
    }),
  )
})

test('a fitted schedule begins before the tenth of your own times and widens with their median', () => {
  const durations = Array.from({ length: 40 }, (_, n) => (n < 8 ? 1 : 40_000 + 1_000 * n))
  const schedule = schedules.fitted(durations)
  const middle = { random: () => 0.5, attempt: 1 }
  // Of the last 32, from 48 to 79 s: the tenth is 51 s, the median 64 s.
  expect(schedule({ ...middle, ageMs: 5_000 })).toBeCloseTo(0.8 * 51_000 - 5_000)
  expect(schedule({ ...middle, ageMs: 60_000 })).toBeCloseTo(17.4 * Math.sqrt(64_000))
})

test('a fitted schedule needs six times, and is another one until then', () => {
  const context = { ageMs: 0, attempt: 0, random: () => 0.5 }
  for (const durations of [[], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, Number.NaN]]) {
    expect(schedules.fitted(durations)(context)).toBe(schedules.luma(context))
    expect(schedules.fitted(durations, schedules.fixed(7))(context)).toBe(7)
  }
})
