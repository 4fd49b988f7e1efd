import { after, type Cancel, type Clock } from '../platform/clock'
import { createLinkedList } from '../platform/linked-list'

const FIRST_PAUSE_MS = 1_000
const MAX_PAUSE_MS = 30_000
// The `Retry-After` of one task must not stop all the others for a day.
const MAX_SHARED_PAUSE_MS = 60_000
/** The largest gap between two polls, as a share of the pause before them. */
const MAX_GAP = 0.2
/** The gap between two polls until a better pace is known, as a share of the pause. */
const FIRST_GAP = 0.02
/** Each good answer multiplies the gap between two polls by this, until the next 429. */
const RECOVERY = 0.99
/** How much missed time, while the program was busy or did not run, is made up for at once. */
const MAX_CATCH_UP_MS = 1_000

/**
 * What a 429 does to every wait of a client. First a pause: nothing is polled. Then a pace: due polls queue and start one
 * at a time, so that all waits slow down equally. The pace begins at half the rate that was refused, rises with each good
 * answer, and ends when nobody queues.
 */
export interface RateLimiter {
  /** The monotonic time before which nothing is polled. */
  readonly pausedUntil: number
  /** Whether a poll that is due must queue. If not, it counts as started. */
  shouldDefer(now: number): boolean
  /** Queues a poll; `start` is called when its turn comes. Returns how to leave the queue. */
  enqueue(start: () => void): Cancel
  /** A 429 came. Without a `Retry-After`, the pause doubles with each one in a row. */
  onThrottled(now: number, retryAfterMs: number | undefined): void
  /** A poll was answered. */
  onSuccess(now: number): void
}

/** How long nothing is polled, and how far apart polls are afterwards. */
interface Pace {
  pausedUntil: number
  /** 0 while polls need not be spread. */
  gapMs: number
  /** Returns whether a new pause began: answers to requests already in flight belong to the same one. */
  onThrottled(now: number, retryAfterMs: number | undefined): boolean
  onSuccess(now: number, isQueueEmpty: boolean): void
}

const newPace = (): Pace => {
  let throttlesInARow = 0
  let goodAnswers = 0
  let countedFrom: number | undefined
  const pace: Pace = {
    pausedUntil: Number.NEGATIVE_INFINITY,
    gapMs: 0,
    onThrottled: (now, retryAfterMs) => {
      const isNew = now >= pace.pausedUntil
      if (isNew) throttlesInARow++
      const backoffMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, throttlesInARow - 1))
      const pauseMs = Math.min(retryAfterMs ?? backoffMs, MAX_SHARED_PAUSE_MS)
      pace.pausedUntil = Math.max(pace.pausedUntil, now + pauseMs)
      if (!isNew) return false
      // The pace may have allowed more polls than there were.
      const refusedGapMs = goodAnswers > 0 ? (now - (countedFrom ?? now)) / goodAnswers : 0
      pace.gapMs = Math.min(2 * Math.max(pace.gapMs, refusedGapMs), pauseMs * MAX_GAP) || pauseMs * FIRST_GAP
      goodAnswers = 0
      countedFrom = pace.pausedUntil
      return true
    },
    onSuccess: (now, isQueueEmpty) => {
      // It was in flight when the pause began.
      if (now < pace.pausedUntil) return
      throttlesInARow = 0
      countedFrom ??= now
      goodAnswers++
      pace.gapMs = isQueueEmpty ? 0 : pace.gapMs * RECOVERY
    },
  }
  return pace
}

/** First come, first served, with one timer for the whole queue. */
export const createRateLimiter = (clock: Clock, random: () => number): RateLimiter => {
  const pace = newPace()
  const queue = createLinkedList<() => void>()
  let nextAt = Number.NEGATIVE_INFINITY
  let cancelTimer: Cancel = () => {}

  const startDue = (): void => {
    const now = clock.monotonic()
    while (queue.size > 0 && Math.max(nextAt, pace.pausedUntil) <= now) {
      nextAt = Math.max(nextAt, pace.pausedUntil, now - MAX_CATCH_UP_MS) + pace.gapMs
      queue.shift()?.()
    }
    setTimer()
  }
  const setTimer = (): void => {
    cancelTimer()
    if (queue.size === 0) return
    cancelTimer = after(clock, Math.max(nextAt, pace.pausedUntil) - clock.monotonic(), startDue)
  }

  return {
    get pausedUntil() {
      return pace.pausedUntil
    },
    shouldDefer: (now) => {
      if (queue.size > 0 || now < Math.max(nextAt, pace.pausedUntil)) return true
      nextAt = now + pace.gapMs
      return false
    },
    enqueue: (start) => {
      const leave = queue.add(start)
      if (queue.size === 1) setTimer()
      return () => {
        if (leave() && queue.size === 0) cancelTimer()
      }
    },
    onThrottled: (now, retryAfterMs) => {
      // Clients that were paused together must not resume together.
      if (pace.onThrottled(now, retryAfterMs)) nextAt = pace.pausedUntil + random() * pace.gapMs
    },
    onSuccess: (now) => pace.onSuccess(now, queue.size === 0 && now >= nextAt),
  }
}

/**
 * The same with plain numbers, for runtimes where one request may not settle another's promise: a bucket fills with
 * permits at the pace, each queued poll has a number among them and asks on a timer of its own whether it has come.
 * A caller that is cancelled without notice wastes one permit and delays no one.
 */
export const createIsolatedRateLimiter = (clock: Clock): RateLimiter => {
  const pace = newPace()
  let issued = 0
  let wanted = 0
  let filledAt = Number.NEGATIVE_INFINITY

  const fill = (now: number): void => {
    const passedMs = now - Math.max(filledAt, pace.pausedUntil)
    if (passedMs < 0) return
    issued = pace.gapMs > 0 ? Math.min(wanted, issued + passedMs / pace.gapMs) : wanted
    filledAt = now
  }
  /** Good answers fill the bucket faster, so a poll far back asks well before its permit comes at today's pace. */
  const nextCheckAt = (number: number, now: number): number => {
    const ahead = number - issued
    const waitMs = pace.gapMs * (ahead <= 1 ? ahead : Math.max(1, ahead / 6))
    return Math.max(now, pace.pausedUntil) + waitMs
  }

  return {
    get pausedUntil() {
      return pace.pausedUntil
    },
    shouldDefer: (now) => {
      fill(now)
      if (issued < wanted || now < pace.pausedUntil) return true
      if (pace.gapMs > 0) wanted++
      return false
    },
    enqueue: (start) => {
      const number = ++wanted
      let cancelTimer: Cancel = () => {}
      const check = (): void => {
        const now = clock.monotonic()
        fill(now)
        // Floating-point times are not exact.
        if (now >= pace.pausedUntil && issued > number - 1e-6) start()
        else cancelTimer = after(clock, nextCheckAt(number, now) - now, check)
      }
      cancelTimer = after(clock, nextCheckAt(number, clock.monotonic()) - clock.monotonic(), check)
      return () => {
        cancelTimer()
        // Its permit goes to those still in the queue.
        if (issued < number) issued = Math.min(wanted, issued + 1)
      }
    },
    onThrottled: (now, retryAfterMs) => {
      fill(now)
      pace.onThrottled(now, retryAfterMs)
    },
    onSuccess: (now) => {
      fill(now)
      pace.onSuccess(now, issued >= wanted)
    },
  }
}
