import type { RateLimiter } from '../limits/rate-limiter'
import type { Semaphore } from '../limits/semaphore'
import type { Cancel, Clock } from '../platform/clock'
import {
  countPoll,
  type PollResult,
  type PollTarget,
  type Subscriber,
  type WaitOutcome,
  type WaitResult,
} from './subscriber'

/** Shared by the pollers of a family of clients. */
export interface PollerContext {
  readonly clock: Clock
  readonly random: () => number
  readonly pollSlots: Semaphore
  readonly rateLimiter: RateLimiter
}

/**
 * One loop of polls, for everyone who waits for the same thing:
 *
 *   parked ──due──▶ polling (first for a slot, then for the answer) ──▶ parked
 *     └─429─▶ queued ──turn──▶ parked
 *
 * One timer runs to the next poll or the next deadline, whichever comes first. A subscriber leaves when its wait ends:
 * terminal state, deadline, failures, or its own request. When the last one has left, the poller ends.
 */
export interface Poller<S> {
  readonly context: PollerContext
  readonly target: Pick<PollTarget<S>, 'name' | 'via'>
  readonly subscribers: Set<Subscriber<S>>
  phase: Phase
  lastState: S | undefined
  /** No poll starts before this monotonic time: the service asked for it. */
  notBefore: number
  /** When the timer fires; `Infinity` when none is set. */
  wakeAt: number
  cancelTimer: Cancel
  /** Leaves the queue for a turn or for a slot. */
  cancelQueued: Cancel
  /** Its signal ends the poll that is under way. */
  pollController: AbortController | undefined
  readonly onOver: (poller: Poller<S>) => void
}

type Phase = 'parked' | 'queued' | 'polling' | 'over'

const FOLLOWS: Readonly<Record<Phase, readonly Phase[]>> = {
  parked: ['queued', 'polling', 'over'],
  queued: ['parked', 'over'],
  polling: ['parked', 'over'],
  over: [],
}

const nothing = (): void => {}

export const newPoller = <S>(
  context: PollerContext,
  target: Poller<S>['target'],
  onOver: (poller: Poller<S>) => void,
): Poller<S> => ({
  context,
  target,
  subscribers: new Set(),
  phase: 'parked',
  lastState: undefined,
  notBefore: Number.NEGATIVE_INFINITY,
  wakeAt: Infinity,
  cancelTimer: nothing,
  cancelQueued: nothing,
  pollController: undefined,
  onOver,
})

export const moveTo = <S>(poller: Poller<S>, phase: Phase): void => {
  if (!FOLLOWS[poller.phase].includes(phase))
    throw new Error(`a poller cannot be ${phase} after ${poller.phase}`)
  poller.phase = phase
}

/** Ends what is under way: a place in a queue, or a poll. */
export const park = <S>(poller: Poller<S>): void => {
  poller.cancelQueued()
  poller.cancelQueued = nothing
  poller.pollController = undefined
  moveTo(poller, 'parked')
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

const resultFrom = <S>(
  { startedAt, polls, pollCounts }: Subscriber<S>,
  outcome: WaitOutcome<S>,
  { lastState, now }: { lastState: S | undefined; now: number },
): WaitResult<S> => ({
  ...outcome,
  lastState,
  elapsedMs: now - startedAt,
  polls,
  pollCounts: { ...pollCounts },
})

/** Takes a state, from a poll or from elsewhere, such as a webhook. */
export const deliver = <S>(poller: Poller<S>, state: S, isTerminal: boolean): void => {
  poller.lastState = state
  for (const subscriber of poller.subscribers) {
    subscriber.unreportedStates.push(state)
    if (isTerminal) unsubscribe(poller, subscriber, { kind: 'reached', state })
    else subscriber.wake()
  }
}

/** Delivers the result of a poll to everyone who waits. */
export const deliverResult = <S>(poller: Poller<S>, pollResult: PollResult<S>): void => {
  const { clock, rateLimiter } = poller.context
  const now = clock.monotonic()
  poller.notBefore = now + (pollResult.notBeforeMs ?? 0)
  for (const subscriber of poller.subscribers) countPoll(subscriber, pollResult.label)
  if (pollResult.kind === 'failure') failAll(poller, pollResult.error)
  else if (pollResult.kind === 'retryable failure') {
    // A poll that the deadline cut short does not count as another failure.
    expire(poller, now)
    for (const subscriber of poller.subscribers) countFailure(poller, subscriber, pollResult)
  } else {
    rateLimiter.onSuccess(now)
    for (const subscriber of poller.subscribers) subscriber.failures = 0
    deliver(poller, pollResult.state, pollResult.isTerminal)
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
  // A subscriber that joined during the poll is not charged for it.
  if (!counts || subscriber.polls === 0) return
  subscriber.failures++
  if (subscriber.failures > subscriber.options.maxFailures)
    unsubscribe(poller, subscriber, { kind: 'too many failures', error })
}

/** Ends the waits whose deadline has passed. */
export const expire = <S>(poller: Poller<S>, now: number): void => {
  for (const subscriber of poller.subscribers) {
    if (subscriber.deadline <= now)
      unsubscribe(poller, subscriber, { kind: 'timed out', error: subscriber.lastError })
  }
}

/** Ends every wait with an error that no later poll can fix. */
export const failAll = <S>(poller: Poller<S>, error: unknown): void => {
  for (const subscriber of poller.subscribers) unsubscribe(poller, subscriber, { kind: 'failed', error })
}

const stop = <S>(poller: Poller<S>): void => {
  moveTo(poller, 'over')
  poller.cancelQueued()
  poller.cancelTimer()
  poller.pollController?.abort()
  poller.pollController = undefined
  poller.onOver(poller)
}
