import type { RateLimiter } from '../limits/rate-limiter'
import type { Release, Semaphore } from '../limits/semaphore'
import { after, type Cancel, type Clock } from '../platform/clock'
import type { PollResult, PollTarget, WaitOutcome } from './poll-result'
import { askSchedule, endSubscriber, lastPollAt, nextPollAt, type Subscriber } from './subscriber'

/** What the watches of a client share. */
export interface PollerContext {
  readonly clock: Clock
  readonly random: () => number
  readonly gate: Semaphore
  readonly brake: RateLimiter
}

/**
 * One loop of looks, for everyone who waits for the same thing. Its states:
 *
 *   parked ──timer──▶ looking ──answer──▶ parked
 *      └────────────────┴──last waiter gone──▶ over
 *
 * Parked, one timer runs to the next look or the next deadline, whichever comes first. Looking, that timer guards the
 * deadlines. A waiter leaves when its end is reached: terminal state, deadline, failures, refusal, or its own wish.
 */
export interface Poller<S> {
  readonly tools: PollerContext
  readonly target: PollTarget<S>
  readonly subscribers: Set<Subscriber<S>>
  phase: 'parked' | 'looking' | 'over'
  lastState: S | undefined
  /** No look starts before this monotonic time: the service asked for it. */
  notBefore: number
  /** Its turn, where a brake holds it back. */
  turn: number | undefined
  cancelTimer: Cancel
  /** Aborts the look that is under way. */
  looking: AbortController | undefined
  readonly onOver: () => void
}

const nothing = (): void => {}

export const newPoller = <S>(tools: PollerContext, target: PollTarget<S>, onOver: () => void): Poller<S> => ({
  tools,
  target,
  subscribers: new Set(),
  phase: 'parked',
  lastState: undefined,
  notBefore: Number.NEGATIVE_INFINITY,
  turn: undefined,
  cancelTimer: nothing,
  looking: undefined,
  onOver,
})

/** Lets a waiter in. */
export const subscribe = <S>(watch: Poller<S>, waiter: Subscriber<S>): void => {
  watch.subscribers.add(waiter)
  schedule(watch, waiter)
  plan(watch)
}

/** Ends one waiter's wait. The last one to go stops the loop, and the request with it. */
export const unsubscribe = <S>(watch: Poller<S>, waiter: Subscriber<S>, outcome: WaitOutcome<S>): void => {
  if (!watch.subscribers.delete(waiter)) return
  endSubscriber(waiter, outcome, watch.lastState, watch.tools.clock.monotonic())
  if (watch.subscribers.size === 0) stop(watch)
}

/** Takes a state from elsewhere, such as a webhook, as if a look had brought it. */
export const deliver = <S>(watch: Poller<S>, state: S, terminal: boolean): void => {
  watch.lastState = state
  for (const waiter of watch.subscribers) waiter.terms.onState(state)
  if (terminal) for (const waiter of watch.subscribers) unsubscribe(watch, waiter, { kind: 'reached', state })
}

const stop = <S>(watch: Poller<S>): void => {
  watch.phase = 'over'
  leaveTurn(watch)
  watch.cancelTimer()
  watch.looking?.abort()
  watch.looking = undefined
  watch.onOver()
}

const schedule = <S>(watch: Poller<S>, waiter: Subscriber<S>): void => {
  const { clock, random } = watch.tools
  const wrong = askSchedule(waiter, { now: clock.monotonic(), ageMs: watch.target.ageMs(), random })
  if (wrong) unsubscribe(watch, waiter, wrong)
}

const nextPoll = <S>(watch: Poller<S>, now: number): number => {
  const turn = watch.turn === undefined ? Number.NEGATIVE_INFINITY : watch.tools.brake.askAt(watch.turn, now)
  let at = Number.POSITIVE_INFINITY
  for (const waiter of watch.subscribers) {
    // A turn is a matter of pace: who ends before it still takes the last look.
    const mine = waiter.tookLastLook ? turn : Math.min(turn, lastPollAt(waiter))
    at = Math.min(at, Math.max(nextPollAt(waiter), mine))
  }
  return Math.max(at, watch.notBefore)
}

const nextDeadline = <S>(watch: Poller<S>): number => {
  let at = Number.POSITIVE_INFINITY
  for (const waiter of watch.subscribers) at = Math.min(at, waiter.deadline)
  return at
}

/** Sets the one timer anew. Called whenever what it depends on has changed. */
const plan = <S>(watch: Poller<S>): void => {
  if (watch.phase === 'over') return
  watch.cancelTimer()
  const { clock } = watch.tools
  const now = clock.monotonic()
  let at = nextDeadline(watch)
  if (watch.phase === 'parked') at = Math.min(at, nextPoll(watch, now))
  watch.cancelTimer = after(clock, at - now, () => wake(watch))
}

const wake = <S>(watch: Poller<S>): void => {
  const now = watch.tools.clock.monotonic()
  expire(watch, now)
  if (watch.phase === 'parked' && nextPoll(watch, now) <= now && !held(watch, now)) startPoll(watch)
  plan(watch)
}

const expire = <S>(watch: Poller<S>, now: number): void => {
  for (const waiter of watch.subscribers) {
    if (waiter.deadline <= now) unsubscribe(watch, waiter, { kind: 'timed out', error: waiter.lastError })
  }
}

/** Whether a 429 holds the look back; then it has a turn of its own later. */
const held = <S>(watch: Poller<S>, now: number): boolean => {
  const { brake, random } = watch.tools
  if (watch.turn !== undefined && brake.until <= now) return false
  watch.turn = brake.turn(now, random, watch.turn)
  if (watch.turn === undefined) return false
  watch.notBefore = Math.max(watch.notBefore, brake.until)
  return true
}

/** Gives the turn back: it has come, or the watch needs it no more. */
const leaveTurn = <S>(watch: Poller<S>): void => {
  const { brake, clock } = watch.tools
  if (watch.turn !== undefined) brake.leave(watch.turn, clock.monotonic())
  watch.turn = undefined
}

const startPoll = <S>(watch: Poller<S>): void => {
  const controller = new AbortController()
  watch.phase = 'looking'
  watch.looking = controller
  pollOnce(watch, controller).then(
    (look) => {
      if (watch.looking !== controller) return
      watch.phase = 'parked'
      watch.looking = undefined
      if (look) take(watch, look)
      plan(watch)
    },
    // After an abort nobody is left to hear of it; any other exception must not leave the waiters hanging.
    (error) => refuse(watch, error),
  )
}

/** One look; `undefined` when a 429 came while it queued for its place. */
const pollOnce = async <S>(
  watch: Poller<S>,
  { signal }: AbortController,
): Promise<PollResult<S> | undefined> => {
  const { gate, brake, clock } = watch.tools
  const leave: Release = await gate.acquire(signal, longestPoll(watch, clock.monotonic()))
  try {
    const now = clock.monotonic()
    if (held(watch, now)) return undefined
    leaveTurn(watch)
    for (const waiter of watch.subscribers) {
      waiter.polls++
      if (now >= lastPollAt(waiter)) waiter.tookLastLook = true
    }
    const look = await watch.target.poll(signal)
    // Before the place is free: who queues for it must find the brake on.
    if (look.kind === 'stumble' && look.rateLimited) brake.press(clock.monotonic(), look.notBeforeMs)
    return look
  } finally {
    leave()
  }
}

/** How long a look may need its place: its timer ends it with the last deadline. */
const longestPoll = <S>(watch: Poller<S>, now: number): number => {
  let furthest = Number.NEGATIVE_INFINITY
  for (const waiter of watch.subscribers) furthest = Math.max(furthest, waiter.deadline)
  return Math.min(watch.target.pollTimeoutMs, furthest - now)
}

const refuse = <S>(watch: Poller<S>, error: unknown): void => {
  for (const waiter of watch.subscribers) unsubscribe(watch, waiter, { kind: 'refused', error })
}

const take = <S>(watch: Poller<S>, look: PollResult<S>): void => {
  const { clock, brake } = watch.tools
  if (look.kind === 'refusal') {
    refuse(watch, look.error)
    return
  }
  const now = clock.monotonic()
  watch.notBefore = now + (look.notBeforeMs ?? 0)
  if (look.kind === 'stumble') {
    if (look.rateLimited) held(watch, now)
    // A look that the deadline cut short is the deadline's end, not one failure more.
    expire(watch, now)
    for (const waiter of watch.subscribers) stumble(watch, waiter, look)
  } else {
    brake.ease(now)
    for (const waiter of watch.subscribers) waiter.failures = 0
    deliver(watch, look.state, look.terminal)
  }
  for (const waiter of watch.subscribers) schedule(watch, waiter)
}

const stumble = <S>(
  watch: Poller<S>,
  waiter: Subscriber<S>,
  look: PollResult<S> & { kind: 'stumble' },
): void => {
  waiter.lastError = look.error
  // Who came while the look was under way is not charged for it.
  if (!look.counts || waiter.polls === 0) return
  waiter.failures++
  if (waiter.failures > waiter.terms.maxFailures)
    unsubscribe(watch, waiter, { kind: 'stumbled', error: look.error })
}
