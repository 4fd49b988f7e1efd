const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** The part of a pause over which the looks that it held back are spread, while no better pace is known. */
const SPREAD = 0.2
/** What each good answer takes off the gap between two looks, until a 429 says that they come too fast again. */
const RECOVERY = 0.99

/** The part of what is left of a long queue, at today's pace, after which to ask how far it has come. */
const NAP = 1 / 6
/** Turns that are nearer than this are one: it is beyond what the arithmetic of times can tell apart. */
const NEARLY = 1e-6

/**
 * What a 429 does to every wait of a client. First a pause: nothing is polled. Then a pace: who wants to poll takes the
 * next turn, so that all are late alike; it begins at half the rate at which the 429 came, rises with each good answer,
 * and is over when nobody queues. Plain numbers.
 */
export interface RateLimiter {
  /** The monotonic time before which nothing is polled. */
  readonly until: number
  /**
   * A place in the queue for a look that wants to start now; `undefined` when it may. Who `held` a turn keeps it; one
   * that came, and could not be taken before the next pause, becomes one of the first.
   */
  turn(now: number, random: () => number, held?: number): number | undefined
  /**
   * When to ask again whether this turn has come; it has when that is not later than `now`. Good answers make the queue
   * move faster, so that is well before the turn would come at today's pace.
   */
  askAt(turn: number, now: number): number
  /** Who held this turn has taken it, or needs it no more: then those who come later move up. */
  leave(turn: number, now: number): void
  /** A 429 came. Without a `Retry-After` the pause doubles with each one in a row. */
  press(now: number, retryAfterMs: number | undefined): void
  /** An answer came that is no 429. */
  ease(now: number): void
}

export const createRateLimiter = (): RateLimiter => {
  let until = Number.NEGATIVE_INFINITY
  let level = 0
  let spreadMs = 0
  let gapMs = 0
  let goodAnswers = 0
  let countedFrom = Number.NaN

  // The turns from `front` to `back` are still to come, evenly from `from()` on. Those that were given back are among
  // them, so that the queue moves as fast as `queued`, the ones that are needed, allow.
  let front = 0
  let back = 0
  let queued = 0
  let movedAt = Number.NEGATIVE_INFINITY
  let frontAtPress = 0
  const from = (): number => Math.max(until, movedAt)

  const move = (now: number): void => {
    const passedMs = now - from()
    if (passedMs < 0) return
    const left = gapMs > 0 ? queued - passedMs / gapMs : queued
    front = left > 0 ? back - ((back - front) * left) / queued : back
    queued = Math.max(0, left)
    movedAt = now
  }

  return {
    get until() {
      return until
    },
    turn: (now, random, held) => {
      move(now)
      if (until <= now && (queued === 0 || gapMs === 0)) return undefined
      if (held !== undefined && held - frontAtPress >= NEARLY) return held
      queued++
      return (held === undefined ? back++ : --front) + random()
    },
    askAt: (turn, now) => {
      move(now)
      if (turn - front < NEARLY) return from()
      if (gapMs === 0) return until + (turn - Math.floor(turn)) * spreadMs
      const ahead = (queued * (turn - front)) / (back - front)
      const shortestMs = (gapMs * (1 - RECOVERY ** ahead)) / -Math.log(RECOVERY)
      return from() + Math.max(shortestMs, gapMs * ahead * NAP)
    },
    leave: (turn, now) => {
      move(now)
      if (turn - front >= NEARLY) queued = Math.max(0, queued - 1)
    },
    press: (now, retryAfterMs) => {
      move(now)
      // Answers to requests that were already under way belong to the same episode.
      const isNew = now >= until
      if (isNew) level++
      const pauseMs = retryAfterMs ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, level - 1))
      until = Math.max(until, now + pauseMs)
      spreadMs = pauseMs * SPREAD
      if (!isNew) return
      frontAtPress = front
      // The pace may allow more than there was.
      if (goodAnswers > 0) gapMs = Math.max(gapMs, (now - countedFrom) / goodAnswers)
      gapMs = Math.min(2 * gapMs, spreadMs)
      goodAnswers = 0
      countedFrom = until
    },
    ease: (now) => {
      if (now < until) return
      move(now)
      level = 0
      if (Number.isNaN(countedFrom)) countedFrom = now
      goodAnswers++
      gapMs = queued > 0 ? gapMs * RECOVERY : 0
    },
  }
}
