import { createRateLimiter } from '../../src/limits/rate-limiter'
import { createExpiringSemaphore, createSemaphore } from '../../src/limits/semaphore'
import { createVirtualTime } from '../../src/testing/time/virtual-time'
import type { PollResult, PollTarget } from '../../src/waiting/poll-result'
import { type PollSchedule, schedules } from '../../src/waiting/poll-schedule'
import { createPollers } from '../../src/waiting/pollers'
import type { SubscriberOptions } from '../../src/waiting/subscriber'

export type Step = PollResult<string> | ((signal: AbortSignal) => Promise<PollResult<string>>)

export const going: PollResult<string> = { kind: 'state', state: 'going', terminal: false }
export const done: PollResult<string> = { kind: 'state', state: 'done', terminal: true }
export const stumble = (
  more: Partial<PollResult<string> & { kind: 'stumble' }> = {},
): PollResult<string> => ({
  kind: 'stumble',
  error: new Error('no answer'),
  counts: true,
  rateLimited: false,
  ...more,
})
export const limited = (notBeforeMs?: number): PollResult<string> =>
  stumble({ rateLimited: true, notBeforeMs })

interface EngineOptions {
  shared?: boolean
  limit?: number
  /** Whether places free themselves, as where promises may not be shared. */
  expiring?: boolean
  random?: () => number
}

/** The engine on virtual time, looking at things whose looks a test scripts; the last step repeats. */
export const engine = (options: EngineOptions = {}) => {
  const { shared = true, limit = 32, expiring = false, random = () => 0.5 } = options
  const { clock } = createVirtualTime(0, random)
  const brake = createRateLimiter()
  const gate = expiring ? createExpiringSemaphore(limit, clock, random) : createSemaphore(limit)
  const watches = createPollers({ clock, random, gate, brake }, { shared })

  const watched = (...script: Step[]) => {
    const lookedAt: number[] = []
    const target: PollTarget<string> = {
      id: 'a',
      pollTimeoutMs: 60_000,
      ageMs: () => clock.monotonic(),
      poll: async (signal) => {
        const step = script[Math.min(lookedAt.length, script.length - 1)] ?? going
        lookedAt.push(clock.monotonic())
        return typeof step === 'function' ? step(signal) : step
      },
    }
    const wait = (terms: Partial<SubscriberOptions<string>> = {}, key = 'a') => {
      const usual = { timeoutMs: 60_000, schedule: schedules.fixed(1_000), maxFailures: 5, onState: () => {} }
      return watches.begin(key, target, { ...usual, ...terms })
    }
    return { lookedAt, wait }
  }

  /** A look that takes its time, and that its signal ends. */
  const slowly =
    (ms: number, look: PollResult<string>): Step =>
    async (signal) => {
      await clock.sleep(ms, signal)
      return look
    }

  return { clock, brake, watches, watched, slowly }
}

/** A schedule that says these delays in turn, then the last one again. */
export const delays =
  (...ms: number[]): PollSchedule =>
  ({ attempt }) =>
    ms[Math.min(attempt, ms.length - 1)] as number
