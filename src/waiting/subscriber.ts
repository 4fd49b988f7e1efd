import type { WaitOutcome, WaitResult } from './poll-result'
import type { PollSchedule } from './poll-schedule'

export interface SubscriberOptions<S> {
  timeoutMs: number
  schedule: PollSchedule
  maxFailures: number
  /** Receives every state that a look brings. Must not throw. */
  onState(state: S): void
}

/** One of those who wait for the same thing: its own deadline, schedule and failure count. All times are monotonic. */
export interface Subscriber<S> {
  readonly terms: SubscriberOptions<S>
  readonly startedAt: number
  readonly deadline: number
  /** When its schedule asks for the next look. */
  dueAt: number
  tookLastLook: boolean
  polls: number
  failures: number
  lastError: unknown
  readonly settle: (ending: WaitResult<S>) => void
}

const LONGEST_MARGIN_MS = 1_000
const MARGIN_SHARE = 0.1

// A schedule that asks for no delay must not turn into a busy loop.
const SHORTEST_DELAY_MS = 1

export const newSubscriber = <S>(
  terms: SubscriberOptions<S>,
  now: number,
  settle: Subscriber<S>['settle'],
): Subscriber<S> => ({
  terms,
  startedAt: now,
  deadline: now + terms.timeoutMs,
  dueAt: now,
  tookLastLook: false,
  polls: 0,
  failures: 0,
  lastError: undefined,
  settle,
})

/** When the look starts that may still bring an answer before the deadline. */
export const lastPollAt = ({ deadline, terms }: Subscriber<never>): number =>
  deadline - Math.min(LONGEST_MARGIN_MS, terms.timeoutMs * MARGIN_SHARE)

/** When this waiter wants the next look: its schedule's moment, or the last one before the deadline. */
export const nextPollAt = (waiter: Subscriber<never>): number =>
  waiter.tookLastLook ? waiter.dueAt : Math.min(waiter.dueAt, lastPollAt(waiter))

/** Sets `dueAt` from the schedule. Returns what is wrong with the schedule, if anything is. */
export const askSchedule = (
  waiter: Subscriber<never>,
  { now, ageMs, random }: { now: number; ageMs: number; random: () => number },
): WaitOutcome<never> | undefined => {
  try {
    const delayMs = waiter.terms.schedule({ ageMs, attempt: waiter.polls, random })
    if (!Number.isFinite(delayMs) || delayMs < 0) return { kind: 'bad schedule', error: delayMs }
    waiter.dueAt = now + (waiter.polls === 0 ? delayMs : Math.max(SHORTEST_DELAY_MS, delayMs))
    return undefined
  } catch (error) {
    return { kind: 'bad schedule', error }
  }
}

export const endSubscriber = <S>(
  waiter: Subscriber<S>,
  outcome: WaitOutcome<S>,
  lastState: S | undefined,
  now: number,
): void => waiter.settle({ ...outcome, lastState, elapsedMs: now - waiter.startedAt, polls: waiter.polls })
