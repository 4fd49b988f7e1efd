import type { RateLimiter } from '../limits/rate-limiter'
import type { Semaphore } from '../limits/semaphore'
import { after, type Cancel, type Clock } from '../platform/clock'
import {
  countPoll,
  lastPollAt,
  type PollResult,
  resultFrom,
  type Subscriber,
  type WaitOutcome,
} from './subscriber'

/** What the pollers of a family of clients share. */
export interface PollerContext {
  readonly clock: Clock
  readonly random: () => number
  readonly pollSlots: Semaphore
  readonly rateLimiter: RateLimiter
}

/**
 * One loop of polls, for everyone who waits for the same thing:
 *
 *   parked ──due──▶ polling ──answer──▶ parked
 *     └─429─▶ queued ──turn──▶ parked
 *
 * One timer runs to the next poll or the next deadline, whichever comes first. A subscriber leaves when its wait ends:
 * terminal state, deadline, failures, or its own wish. When the last one has left, the poller is over.
 */
export interface Poller<S> {
  readonly context: PollerContext
  readonly subscribers: Set<Subscriber<S>>
  phase: Phase
  lastState: S | undefined
  /** No poll starts before this monotonic time: the service asked for it. */
  notBefore: number
  /** When the timer fires; `Infinity` when none is set. */
  wakeAt: number
  cancelTimer: Cancel
  leaveQueue: Cancel
  /** Aborts the poll that is under way. */
  polling: AbortController | undefined
  readonly onOver: () => void
}

type Phase = 'parked' | 'queued' | 'polling' | 'over'

const FOLLOWS: Readonly<Record<Phase, readonly Phase[]>> = {
  parked: ['queued', 'polling', 'over'],
  queued: ['parked', 'over'],
  polling: ['parked', 'over'],
  over: [],
}

// A timer that is as late as this says that the program did not run: the machine slept, or the process was stopped.
const LATE_MS = 500
const LONGEST_EXTENSION_MS = 10_000

const nothing = (): void => {}

export const newPoller = <S>(context: PollerContext, onOver: () => void): Poller<S> => ({
  context,
  subscribers: new Set(),
  phase: 'parked',
  lastState: undefined,
  notBefore: Number.NEGATIVE_INFINITY,
  wakeAt: Infinity,
  cancelTimer: nothing,
  leaveQueue: nothing,
  polling: undefined,
  onOver,
})

const moveTo = <S>(poller: Poller<S>, phase: Phase): void => {
  if (!FOLLOWS[poller.phase].includes(phase))
    throw new Error(`a poller cannot be ${phase} after ${poller.phase}`)
  poller.phase = phase
}

/** Ends one subscriber's wait. The last one to leave stops the poller, and the request with it. */
export const unsubscribe = <S>(
  poller: Poller<S>,
  subscriber: Subscriber<S>,
  outcome: WaitOutcome<S>,
): void => {
  // Leaving comes first as long as the caller does not have the result.
  if (subscriber.isSettled || (subscriber.result && outcome.kind !== 'left')) return
  const { lastState, context } = poller
  subscriber.result = resultFrom(subscriber, outcome, { lastState, now: context.clock.monotonic() })
  subscriber.wake()
  if (poller.subscribers.delete(subscriber) && poller.subscribers.size === 0) stop(poller)
}

/** Takes a state, of a poll or from elsewhere, such as a webhook. */
export const deliver = <S>(poller: Poller<S>, state: S, isTerminal: boolean): void => {
  poller.lastState = state
  for (const subscriber of poller.subscribers) {
    subscriber.news.push(state)
    if (isTerminal) unsubscribe(poller, subscriber, { kind: 'reached', state })
    else subscriber.wake()
  }
}

/** Sets the timer for what this subscriber needs next, unless an earlier one is set. */
export const planFor = <S>(poller: Poller<S>, subscriber: Subscriber<S>): void => {
  const at = Math.min(subscriber.deadline, pollAt(poller, subscriber))
  if (poller.phase === 'over' || at >= poller.wakeAt) return
  const { clock } = poller.context
  poller.cancelTimer()
  poller.wakeAt = at
  poller.cancelTimer = after(clock, at - clock.monotonic(), () => safely(poller, () => wake(poller)))
}

/** Makes the poll that the subscriber was chosen for, and hands what it brings to everyone. */
export const poll = async <S>(
  poller: Poller<S>,
  subscriber: Subscriber<S>,
  controller: AbortController,
): Promise<void> => {
  const isStale = (): boolean => poller.polling !== controller
  if (isStale()) return
  try {
    const result = await pollInSlot(poller, subscriber, controller.signal)
    if (isStale()) return
    endPoll(poller)
    if (result) take(poller, result)
    plan(poller)
  } catch (error) {
    // After an abort nobody is left to hear of it; any other exception must not leave the subscribers hanging.
    if (!isStale()) failAll(poller, error)
  }
}

const stop = <S>(poller: Poller<S>): void => {
  moveTo(poller, 'over')
  poller.leaveQueue()
  poller.cancelTimer()
  poller.polling?.abort()
  poller.polling = undefined
  poller.onOver()
}

const failAll = <S>(poller: Poller<S>, error: unknown): void => {
  for (const subscriber of poller.subscribers) unsubscribe(poller, subscriber, { kind: 'failed', error })
}

// What runs on a timer has nobody to throw to.
const safely = <S>(poller: Poller<S>, step: () => void): void => {
  try {
    step()
  } catch (error) {
    failAll(poller, error)
  }
}

const plan = <S>(poller: Poller<S>): void => {
  for (const subscriber of poller.subscribers) planFor(poller, subscriber)
}

/** When this subscriber wants the next poll: at its schedule's moment, or for the last time before its deadline. */
const pollAt = <S>(poller: Poller<S>, subscriber: Subscriber<S>): number => {
  const { phase, notBefore, context } = poller
  if (phase === 'polling') return Infinity
  const last = lastPollAt(subscriber)
  // The queue is a matter of pace: whoever ends before its turn takes the last poll all the same.
  if (phase === 'queued') return Math.max(last, notBefore, context.rateLimiter.pausedUntil)
  return Math.max(Math.min(subscriber.dueAt ?? Infinity, last), notBefore)
}

const isDue = <S>(poller: Poller<S>, now: number): boolean =>
  [...poller.subscribers].some((subscriber) => pollAt(poller, subscriber) <= now)

const wake = <S>(poller: Poller<S>): void => {
  const now = poller.context.clock.monotonic()
  const lateMs = now - poller.wakeAt
  poller.wakeAt = Infinity
  if (lateMs > LATE_MS) extend(poller, now)
  expire(poller, now)
  if (poller.phase !== 'over' && isDue(poller, now)) startOrQueue(poller, now)
  plan(poller)
}

/** Grants one poll more to those whose deadline passed while the program did not run: their task may be done. */
const extend = <S>(poller: Poller<S>, now: number): void => {
  if (poller.notBefore > now) return
  for (const subscriber of poller.subscribers) {
    if (subscriber.deadline > now || subscriber.isExtended) continue
    subscriber.isExtended = true
    subscriber.deadline = now + Math.min(subscriber.target.pollTimeoutMs, LONGEST_EXTENSION_MS)
    subscriber.tookLastPoll = true
    subscriber.dueAt = now
    // The connection of a poll that was under way may be long dead.
    if (poller.phase === 'polling') poller.polling?.abort()
    if (poller.phase === 'polling') endPoll(poller)
  }
}

const expire = <S>(poller: Poller<S>, now: number): void => {
  for (const subscriber of poller.subscribers) {
    if (subscriber.deadline <= now)
      unsubscribe(poller, subscriber, { kind: 'timed out', error: subscriber.lastError })
  }
}

const startOrQueue = <S>(poller: Poller<S>, now: number): void => {
  const { rateLimiter } = poller.context
  const isLast = [...poller.subscribers].some((subscriber) => lastPollAt(subscriber) <= now)
  if (
    (isLast && now >= rateLimiter.pausedUntil) ||
    (poller.phase === 'parked' && !rateLimiter.shouldDefer(now))
  )
    start(poller)
  else if (poller.phase === 'parked') {
    moveTo(poller, 'queued')
    poller.leaveQueue = rateLimiter.enqueue(() => safely(poller, () => takeTurn(poller)))
  }
}

const takeTurn = <S>(poller: Poller<S>): void => {
  leaveQueue(poller)
  // Whoever wanted the poll may have left in the meantime.
  if (isDue(poller, poller.context.clock.monotonic())) start(poller)
  else plan(poller)
}

const leaveQueue = <S>(poller: Poller<S>): void => {
  poller.leaveQueue()
  poller.leaveQueue = nothing
  moveTo(poller, 'parked')
}

/** Chooses the subscriber whose poll serves all. Its own loop makes it, so that it runs in its caller's context. */
const start = <S>(poller: Poller<S>): void => {
  if (poller.phase === 'queued') leaveQueue(poller)
  moveTo(poller, 'polling')
  poller.polling = new AbortController()
  const patience = ({ target }: Subscriber<S>): number => target.pollTimeoutMs
  const chosen = [...poller.subscribers].reduce((one, other) =>
    patience(other) > patience(one) ? other : one,
  )
  chosen.poll = poller.polling
  chosen.wake()
}

const endPoll = <S>(poller: Poller<S>): void => {
  poller.polling = undefined
  moveTo(poller, 'parked')
}

/** One poll; `undefined` when a 429 came while it queued for its slot. */
const pollInSlot = async <S>(
  poller: Poller<S>,
  { target }: Subscriber<S>,
  signal: AbortSignal,
): Promise<PollResult<S> | undefined> => {
  const { pollSlots, rateLimiter, clock } = poller.context
  const furthest = Math.max(...[...poller.subscribers].map(({ deadline }) => deadline))
  // How long the slot is needed: the poller's timer ends the poll with the last deadline.
  const holdMs = Math.min(target.pollTimeoutMs, furthest - clock.monotonic())
  const release = await pollSlots.acquire(signal, holdMs)
  try {
    const now = clock.monotonic()
    if (now < rateLimiter.pausedUntil) return undefined
    for (const subscriber of poller.subscribers) {
      subscriber.polls++
      if (now >= lastPollAt(subscriber)) subscriber.tookLastPoll = true
    }
    return await target.poll(signal)
  } finally {
    release()
  }
}

const take = <S>(poller: Poller<S>, result: PollResult<S>): void => {
  const { clock, rateLimiter } = poller.context
  const now = clock.monotonic()
  poller.notBefore = now + (result.notBeforeMs ?? 0)
  for (const subscriber of poller.subscribers) countPoll(subscriber, result.label)
  if (result.kind === 'failure') failAll(poller, result.error)
  else if (result.kind === 'retryable failure') {
    // A poll that the deadline cut short is the deadline's end, not one failure more.
    expire(poller, now)
    for (const subscriber of poller.subscribers) countFailure(poller, subscriber, result)
  } else {
    rateLimiter.onSuccess(now)
    for (const subscriber of poller.subscribers) subscriber.failures = 0
    deliver(poller, result.state, result.isTerminal)
  }
  for (const subscriber of poller.subscribers) {
    if (subscriber.isExtended) subscriber.deadline = now
    subscriber.dueAt = undefined
    subscriber.wake()
  }
  expire(poller, now)
}

const countFailure = <S>(
  poller: Poller<S>,
  subscriber: Subscriber<S>,
  { error, counts }: PollResult<S> & { kind: 'retryable failure' },
): void => {
  subscriber.lastError = error
  // Whoever came while the poll was under way is not charged for it.
  if (!counts || subscriber.polls === 0) return
  subscriber.failures++
  if (subscriber.failures > subscriber.options.maxFailures)
    unsubscribe(poller, subscriber, { kind: 'too many failures', error })
}
