import type { Release } from '../limits/semaphore'
import { after } from '../platform/clock'
import { deliverResult, expire, failAll, moveTo, type Poller, park, unsubscribe } from './poller'
import { type AssignedPoll, askSchedule, lastPollAt, type Subscriber, type WaitResult } from './subscriber'

// A timer this late means that the program did not run: the machine slept, or the process was stopped.
const LATE_MS = 500
const MAX_EXTENSION_MS = 10_000

/**
 * One wait, from its first delay to its result. Its loop calls everything of the caller's (schedule, listener, the client
 * that polls), because only there does it run in the caller's own asynchronous context.
 */
export const runWait = async <S>(poller: Poller<S>, subscriber: Subscriber<S>): Promise<WaitResult<S>> => {
  const { clock, random } = poller.context
  try {
    while (subscriber.result === undefined) {
      if (subscriber.dueAt === undefined) {
        const wrong = askSchedule(subscriber, { now: clock.monotonic(), random })
        if (wrong) unsubscribe(poller, subscriber, wrong)
        planFor(poller, subscriber)
      }
      await untilWoken(subscriber)
      pollIfChosen(poller, subscriber)
      reportStates(subscriber)
    }
  } catch (error) {
    unsubscribe(poller, subscriber, { kind: 'failed', error })
  }
  // The others still count on it.
  pollIfChosen(poller, subscriber)
  subscriber.isSettled = true
  return subscriber.result as WaitResult<S>
}

const pollIfChosen = <S>(poller: Poller<S>, subscriber: Subscriber<S>): void => {
  if (subscriber.assignedPoll) void poll(poller, subscriber, subscriber.assignedPoll)
  subscriber.assignedPoll = undefined
}

const reportStates = <S>({ unreportedStates, options }: Subscriber<S>): void => {
  for (const state of unreportedStates.splice(0)) options.onState(state)
}

const untilWoken = <S>(subscriber: Subscriber<S>): Promise<void> | undefined => {
  const { result, dueAt, assignedPoll, unreportedStates } = subscriber
  if (result || dueAt === undefined || assignedPoll || unreportedStates.length > 0) return undefined
  return new Promise((resolve) => {
    subscriber.wake = resolve
  })
}

/** Sets the timer for what this subscriber needs next, unless an earlier one is set. */
const planFor = <S>(poller: Poller<S>, subscriber: Subscriber<S>): void => {
  const at = Math.min(subscriber.deadline, pollAt(poller, subscriber))
  if (poller.phase === 'over' || at >= poller.wakeAt) return
  const { clock } = poller.context
  poller.cancelTimer()
  poller.wakeAt = at
  poller.cancelTimer = after(clock, at - clock.monotonic(), () => safely(poller, () => wake(poller)))
}

const plan = <S>(poller: Poller<S>): void => {
  for (const subscriber of poller.subscribers) planFor(poller, subscriber)
}

/** When this subscriber wants the next poll: at its schedule's moment, or for the last time before its deadline. */
const pollAt = <S>(poller: Poller<S>, subscriber: Subscriber<S>): number => {
  const { phase, notBefore, context } = poller
  if (phase === 'polling') return Infinity
  const last = lastPollAt(subscriber)
  // The queue only paces polls: a wait that ends before its turn makes its last poll anyway.
  if (phase === 'queued') return Math.max(last, notBefore, context.rateLimiter.pausedUntil)
  return Math.max(Math.min(subscriber.dueAt ?? Infinity, last), notBefore)
}

const isDue = <S>(poller: Poller<S>, now: number): boolean =>
  [...poller.subscribers].some((subscriber) => pollAt(poller, subscriber) <= now)

/** The timer has fired: somebody's deadline has passed, or a poll is due. */
const wake = <S>(poller: Poller<S>): void => {
  const now = poller.context.clock.monotonic()
  const lateMs = now - poller.wakeAt
  poller.wakeAt = Infinity
  if (lateMs > LATE_MS) extend(poller, now)
  expire(poller, now)
  if (poller.phase !== 'over' && isDue(poller, now)) startOrQueue(poller, now)
  plan(poller)
}

/** Grants one more poll to those whose deadline passed while the program did not run: their task may be done. */
const extend = <S>(poller: Poller<S>, now: number): void => {
  if (poller.notBefore > now) return
  for (const subscriber of poller.subscribers) {
    if (subscriber.deadline > now || subscriber.isExtended) continue
    subscriber.isExtended = true
    subscriber.deadline = now + Math.min(subscriber.target.pollTimeoutMs, MAX_EXTENSION_MS)
    subscriber.tookLastPoll = true
    subscriber.dueAt = now
    // The connection of a poll in flight may be long dead.
    if (poller.phase === 'polling') poller.pollController?.abort()
    // The caller's fetch may listen to that, and end the last wait.
    if (poller.phase === 'polling') park(poller)
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
    poller.cancelQueued = rateLimiter.enqueue(() => safely(poller, () => onDequeued(poller)))
  }
}

const onDequeued = <S>(poller: Poller<S>): void => {
  park(poller)
  // The subscriber that wanted the poll may have left in the meantime.
  if (isDue(poller, poller.context.clock.monotonic())) start(poller)
  else plan(poller)
}

/** Begins a poll, as soon as there is a slot for it. */
const start = <S>(poller: Poller<S>): void => {
  if (poller.phase === 'queued') park(poller)
  moveTo(poller, 'polling')
  const { pollSlots, clock } = poller.context
  const subscribers = [...poller.subscribers]
  // How long the slot is needed: the poller's timer ends the poll with the last deadline.
  const holdMs = Math.min(
    mostPatient(subscribers).target.pollTimeoutMs,
    Math.max(...subscribers.map(({ deadline }) => deadline)) - clock.monotonic(),
  )
  poller.cancelQueued = pollSlots.enqueue(holdMs, (release) => safely(poller, () => assign(poller, release)))
}

const mostPatient = <S>(subscribers: Subscriber<S>[]): Subscriber<S> =>
  subscribers.reduce((one, other) => (other.target.pollTimeoutMs > one.target.pollTimeoutMs ? other : one))

/** Chooses the subscriber whose poll serves all. Its own loop makes it, so that it runs in its caller's context. */
const assign = <S>(poller: Poller<S>, release: Release): void => {
  const { clock, rateLimiter } = poller.context
  try {
    // A 429 came while the poll queued for its slot.
    if (clock.monotonic() < rateLimiter.pausedUntil) {
      release()
      park(poller)
      plan(poller)
      return
    }
    const chosen = mostPatient([...poller.subscribers])
    poller.pollController = new AbortController()
    chosen.assignedPoll = { controller: poller.pollController, release }
    chosen.wake()
  } catch (error) {
    // Nobody else would release the slot.
    release()
    throw error
  }
}

/** Makes the poll that the subscriber was chosen for, and hands its result, such as a state, to everyone. */
const poll = async <S>(
  poller: Poller<S>,
  { target }: Subscriber<S>,
  { controller, release }: AssignedPoll,
): Promise<void> => {
  const isStale = (): boolean => poller.pollController !== controller
  try {
    if (isStale()) return
    const now = poller.context.clock.monotonic()
    for (const subscriber of poller.subscribers) {
      subscriber.polls++
      if (now >= lastPollAt(subscriber)) subscriber.tookLastPoll = true
    }
    const pollResult = await target.poll(controller.signal, target.pollTimeoutMs)
    if (isStale()) return
    park(poller)
    deliverResult(poller, pollResult)
    plan(poller)
  } catch (error) {
    // After an abort no subscriber is left; any other exception must not leave the subscribers hanging.
    if (!isStale()) failAll(poller, error)
  } finally {
    release()
  }
}

// Code on a timer has nobody to throw to.
const safely = <S>(poller: Poller<S>, step: () => void): void => {
  try {
    step()
  } catch (error) {
    failAll(poller, error)
  }
}
