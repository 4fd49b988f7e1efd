import { schedules } from 'runapi-video'

/** @typedef {import('runapi-video').PollSchedule} PollSchedule */

/**
 * The library's own schedules, per law: the default, and one for those who look at the screen.
 * @type {Record<'luma' | 'hailuo', Record<string, PollSchedule>>}
 */
export const ours = {
  luma: {
    default: schedules.luma,
    snappy: schedules.typical({ probeMs: 5_000, firstMs: 16_000, everyMs: 2_100, rho: 0.01, maxMs: 15_000 }),
  },
  hailuo: {
    default: schedules.hailuo,
    snappy: schedules.typical({ probeMs: 5_000, firstMs: 32_000, everyMs: 2_100, rho: 0.01, maxMs: 15_000 }),
  },
}

/**
 * AWS's waiters with their defaults of 2 s and 120 s: a look at once, uniform delays up to a limit that doubles, then the
 * longest delay.
 * @type {PollSchedule}
 */
const awsWaiter = ({ attempt, random }) => {
  if (attempt === 0) return 0
  const limit = 2_000 * 2 ** (attempt - 1)
  return limit > 120_000 ? 120_000 : 2_000 + random() * (limit - 2_000)
}

/**
 * What other clients do, as data.
 * @type {Record<string, PollSchedule>}
 */
export const others = {
  '0.5 s (replicate, fal)': schedules.fixed(500),
  '1 s': schedules.fixed(1_000),
  "2 s (vendor's SDK)": schedules.fixed(2_000),
  '3 s': schedules.fixed(3_000),
  '5 s': schedules.fixed(5_000),
  '6 s (Runway)': schedules.fixed(6_000),
  '1 s ×1.5 to 10 s': schedules.exponential({ initialMs: 1_000, factor: 1.5, maxMs: 10_000, jitter: 0 }),
  "AWS's waiters": awsWaiter,
}
