import type { Release } from '../limits/semaphore'
import type { PollSchedule } from './poll-schedule'

/** The result of one poll. `label` is a word for counting. */
export type PollResult<S> = { label: string; notBeforeMs?: number | undefined } & (
  | { kind: 'state'; state: S; isTerminal: boolean }
  /** No state this time; the next poll may bring one. `counts` is false if it is expected early on. */
  | { kind: 'retryable failure'; error: unknown; counts: boolean }
  /** No later poll can bring one. */
  | { kind: 'failure'; error: unknown }
)

/** Something that can be polled, and eventually reaches a terminal state. */
export interface PollTarget<S> {
  /** The name that news from elsewhere uses. */
  readonly name: string
  /** How it is polled: targets of one name that agree on all of these share their polls. */
  readonly via: readonly unknown[]
  /** How long one poll may take, in milliseconds. */
  readonly pollTimeoutMs: number
  /** One poll within that time, no retries. */
  poll(signal: AbortSignal, timeoutMs: number): Promise<PollResult<S>>
  /** Its age for the schedule, in milliseconds. */
  ageMs(): number
}

export interface SubscriberOptions<S> {
  timeoutMs: number
  schedule: PollSchedule
  maxFailures: number
  /** Receives every state, in the context of the caller that waits. */
  onState(state: S): void
}

export type WaitOutcome<S> =
  | { kind: 'reached'; state: S }
  | { kind: 'timed out'; error: unknown }
  /** More polls in a row failed than the subscriber tolerates. */
  | { kind: 'too many failures'; error: unknown }
  | { kind: 'failed'; error: unknown }
  /** The schedule threw, or returned something other than a delay. */
  | { kind: 'invalid schedule'; error: unknown }
  /** The subscriber left: its signal aborted, or the client was closed. */
  | { kind: 'left'; reason: unknown }

/** The outcome of a wait, with the states and counts seen until then. */
export type WaitResult<S> = WaitOutcome<S> & {
  lastState: S | undefined
  elapsedMs: number
  /** How many polls it made. */
  polls: number
  /** The number of polls by result, by label. */
  pollCounts: Readonly<Record<string, number>>
}

/** A poll that has its slot. */
export interface AssignedPoll {
  readonly controller: AbortController
  /** Gives the slot back. */
  readonly release: Release
}

/** One of those who wait for the same thing: its own deadline, schedule and failure count. All times are monotonic. */
export interface Subscriber<S> {
  readonly target: PollTarget<S>
  readonly options: SubscriberOptions<S>
  readonly startedAt: number
  deadline: number
  /** When its schedule asks for the next poll; `undefined` until the schedule is called. */
  dueAt: number | undefined
  tookLastPoll: boolean
  /** Whether its deadline passed while the program did not run, and one more poll was granted. */
  isExtended: boolean
  polls: number
  pollCounts: Record<string, number> | undefined
  failures: number
  lastError: unknown
  /** States that it has not reported yet. */
  readonly unreportedStates: S[]
  /** The poll that it is to make for all who wait. */
  assignedPoll: AssignedPoll | undefined
  result: WaitResult<S> | undefined
  /** Whether the caller has the result, so that nothing can change it any more. */
  isSettled: boolean
  /** Wakes its loop. */
  wake: () => void
}

const MAX_MARGIN_MS = 1_000
const MARGIN_SHARE = 0.1

// A schedule that asks for no delay must not turn into a busy loop.
const MIN_DELAY_MS = 1

const nothing = (): void => {}

export const newSubscriber = <S>(
  target: PollTarget<S>,
  options: SubscriberOptions<S>,
  now: number,
): Subscriber<S> => ({
  target,
  options,
  startedAt: now,
  deadline: now + options.timeoutMs,
  dueAt: undefined,
  tookLastPoll: false,
  isExtended: false,
  polls: 0,
  pollCounts: undefined,
  failures: 0,
  lastError: undefined,
  unreportedStates: [],
  assignedPoll: undefined,
  result: undefined,
  isSettled: false,
  wake: nothing,
})

/** When the poll starts that may still bring an answer before the deadline; `Infinity` once it has started. */
export const lastPollAt = <S>({ deadline, options, tookLastPoll }: Subscriber<S>): number =>
  tookLastPoll ? Infinity : deadline - Math.min(MAX_MARGIN_MS, options.timeoutMs * MARGIN_SHARE)

/** Asks the schedule when to poll next. Returns what is wrong with its answer, if anything is. */
export const askSchedule = <S>(
  subscriber: Subscriber<S>,
  { now, random }: { now: number; random: () => number },
): WaitOutcome<never> | undefined => {
  const { options, target, polls } = subscriber
  // Even if its answer is refused below: it has been called.
  subscriber.dueAt = Infinity
  try {
    const delayMs = options.schedule({ ageMs: target.ageMs(), attempt: polls, random })
    if (!Number.isFinite(delayMs) || delayMs < 0) return { kind: 'invalid schedule', error: delayMs }
    subscriber.dueAt = now + (polls === 0 ? delayMs : Math.max(MIN_DELAY_MS, delayMs))
    return undefined
  } catch (error) {
    return { kind: 'invalid schedule', error }
  }
}

export const countPoll = <S>(subscriber: Subscriber<S>, label: string): void => {
  // A subscriber that joined during the poll did not make it.
  if (subscriber.polls === 0) return
  subscriber.pollCounts ??= {}
  const counts = subscriber.pollCounts
  counts[label] = (Object.hasOwn(counts, label) ? (counts[label] ?? 0) : 0) + 1
}
