/** The facts that a schedule can use. */
export interface PollContext {
  /** Milliseconds since the create returned; a revived task keeps its age. */
  ageMs: number
  /** How many polls this wait has made, from 0. */
  attempt: number
  /** The source of jitter: a number from 0 up to 1. */
  random: () => number
}

/** Returns how many milliseconds to sleep before the next poll. Pure: the same context gives the same delay. */
export type PollSchedule = (context: PollContext) => number

/** The times of a task whose usual duration is known. */
export interface TypicalOptions {
  /** Age of the one early poll, which catches tasks that fail at once and cached results. */
  probeMs: number
  /** The first age at which the task can plausibly be ready; silence until then. */
  firstMs: number
  /** The shortest delay between two polls from then on. */
  everyMs: number
  /** The delay as a share of the age, so that polls thin out in the tail. */
  rho: number
  /** The longest delay between two polls. */
  maxMs: number
  /**
   * Random variation of each delay, as a share: 0.1 is ±10 %. Without any, a batch polls in step.
   * @default 0.1
   */
  jitter?: number
}

/** Delays that grow. */
export interface ExponentialOptions {
  /** The first delay, in milliseconds. */
  initialMs: number
  /** The factor from each delay to the next. */
  factor: number
  /** The longest delay, in milliseconds. */
  maxMs: number
  /**
   * Random variation of each delay, as a share: 0.1 is ±10 %.
   * @default 0.1
   */
  jitter?: number
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

const jittered = (delayMs: number, jitter: number, random: () => number): number =>
  delayMs * (1 + jitter * (2 * random() - 1))

/** Polls where completion is likely: one early probe, silence, then polls that thin out as the task ages. */
const typical = ({ probeMs, firstMs, everyMs, rho, maxMs, jitter = 0.1 }: TypicalOptions): PollSchedule => {
  return ({ ageMs, attempt, random }) => {
    const untilFirst = firstMs - ageMs
    if (attempt === 0)
      return jittered(Math.max(0, ageMs < probeMs ? probeMs - ageMs : untilFirst), jitter, random)
    return jittered(Math.max(untilFirst, clamp(rho * ageMs, everyMs, maxMs)), jitter, random)
  }
}

/** Grows each delay by a factor up to a limit. For tasks whose usual time is not known. */
const exponential = ({ initialMs, factor, maxMs, jitter = 0.1 }: ExponentialOptions): PollSchedule => {
  return ({ attempt, random }) => {
    // `factor ** attempt` can overflow, and 0 × Infinity is NaN.
    const growth = Math.min(Number.MAX_VALUE, factor ** attempt)
    return jittered(Math.min(maxMs, initialMs * growth), jitter, random)
  }
}

/** Polls every `ms` milliseconds, without jitter. */
const fixed = (ms: number): PollSchedule => {
  return () => ms
}

const MIN_DURATIONS = 6
const MAX_DURATIONS = 32
// Of the presets: the delay of Luma's 4.4 s at a median of 62 s, and of Hailuo's 5 s at 86 s, by the root of the median.
const EVERY_BY_ROOT = 17.4

/** Fits a schedule to how long tasks took, in milliseconds, oldest first. With too few of them it is `otherwise`. */
export const fittedSchedule = (durations: readonly number[], otherwise: PollSchedule): PollSchedule => {
  const latest = durations.filter((ms) => Number.isFinite(ms) && ms > 0).slice(-MAX_DURATIONS)
  if (latest.length < MIN_DURATIONS) return otherwise
  latest.sort((a, b) => a - b)
  const quantile = (share: number): number => latest[Math.floor(latest.length * share)] as number
  return typical({
    probeMs: 5_000,
    firstMs: 0.8 * quantile(0.1),
    everyMs: EVERY_BY_ROOT * Math.sqrt(quantile(0.5)),
    rho: 0.02,
    maxMs: 15_000,
  })
}

/** The makers of poll schedules. */
export const schedules = { typical, exponential, fixed }
