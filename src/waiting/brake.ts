const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
const SPREAD = 0.2

/** What a 429 does to every wait of a client: a moment before which none of them polls. Plain numbers. */
export interface Brake {
  /** The monotonic time before which nothing is polled. */
  readonly until: number
  /** How far waits should spread their next polls after `until`, so that they do not all come at once. */
  readonly spreadMs: number
  /** A 429 came. Without a `Retry-After` the pause doubles with each one in a row. */
  press(now: number, retryAfterMs: number | undefined): void
  /** An answer came that is no 429. */
  ease(): void
}

export const createBrake = (): Brake => {
  let until = Number.NEGATIVE_INFINITY
  let spreadMs = 0
  let level = 0
  return {
    get until() {
      return until
    },
    get spreadMs() {
      return spreadMs
    },
    press: (now, retryAfterMs) => {
      // Answers to requests that were already under way belong to the same episode.
      if (now >= until) level++
      const pauseMs = retryAfterMs ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, level - 1))
      until = Math.max(until, now + pauseMs)
      spreadMs = pauseMs * SPREAD
    },
    ease: () => {
      level = 0
    },
  }
}
