const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** The part of a pause over which the looks that it held back are spread, while no better pace is known. */
const SPREAD = 0.2
/** What each good answer takes off the gap between two looks, until a 429 says that they come too fast again. */
const RECOVERY = 0.99

/**
 * What a 429 does to every wait of a client. First a pause: nothing is polled. Then a pace: who wants to poll takes the
 * next turn, so that all are late alike; it begins at half the rate at which the 429 came, rises with each good answer,
 * and is over when nobody queues. Plain numbers.
 */
export interface Brake {
  /** The monotonic time before which nothing is polled. */
  readonly until: number
  /** The moment at which a look that wants to start now may start; a later one is its turn. */
  turn(now: number, random: () => number): number
  /** Who held this turn has taken it, or needs it no more: then those who come later move up. */
  leave(turn: number, now: number): void
  /** A 429 came. Without a `Retry-After` the pause doubles with each one in a row. */
  press(now: number, retryAfterMs: number | undefined): void
  /** An answer came that is no 429. */
  ease(now: number): void
}

export const createBrake = (): Brake => {
  let until = Number.NEGATIVE_INFINITY
  let level = 0
  let spreadMs = 0
  let gapMs = 0
  let nextTurn = Number.NEGATIVE_INFINITY
  let queued = 0
  let goodAnswers = 0
  let countedFrom = Number.NaN
  return {
    get until() {
      return until
    },
    turn: (now, random) => {
      const turn = Math.max(until, nextTurn)
      if (turn <= now) return now
      queued++
      if (gapMs === 0) return turn + random() * spreadMs
      nextTurn = turn + gapMs
      return turn + random() * gapMs
    },
    leave: (turn, now) => {
      const from = Math.max(until, now)
      if (turn > now && nextTurn > from) nextTurn -= (nextTurn - from) / queued
      queued--
    },
    press: (now, retryAfterMs) => {
      // Answers to requests that were already under way belong to the same episode.
      const isNew = now >= until
      if (isNew) level++
      const pauseMs = retryAfterMs ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, level - 1))
      until = Math.max(until, now + pauseMs)
      spreadMs = pauseMs * SPREAD
      if (!isNew) return
      const tooFastMs = gapMs > 0 ? gapMs : (now - countedFrom) / goodAnswers
      gapMs = Number.isFinite(tooFastMs) ? Math.min(2 * tooFastMs, spreadMs) : 0
      goodAnswers = 0
      countedFrom = until
    },
    ease: (now) => {
      if (now < until) return
      level = 0
      if (Number.isNaN(countedFrom)) countedFrom = now
      goodAnswers++
      gapMs = nextTurn > now ? gapMs * RECOVERY : 0
    },
  }
}
