import { expiringGate, queueGate } from '../../src/gate'
import { type PollSchedule, schedules } from '../../src/poll-schedule'
import { createVirtualTime } from '../../src/testing/virtual-time'
import { createBrake } from '../../src/waiting/brake'
import type { Look, Watched } from '../../src/waiting/look'
import type { WaitTerms } from '../../src/waiting/waiter'
import { createWatches } from '../../src/waiting/watches'

export type Step = Look<string> | ((signal: AbortSignal) => Promise<Look<string>>)

export const going: Look<string> = { kind: 'state', state: 'going', terminal: false }
export const done: Look<string> = { kind: 'state', state: 'done', terminal: true }
export const stumble = (more: Partial<Look<string> & { kind: 'stumble' }> = {}): Look<string> => ({
  kind: 'stumble',
  error: new Error('no answer'),
  counts: true,
  rateLimited: false,
  ...more,
})
export const limited = (notBeforeMs?: number): Look<string> => stumble({ rateLimited: true, notBeforeMs })

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
  const brake = createBrake()
  const gate = expiring ? expiringGate(limit, clock, random) : queueGate(limit)
  const watches = createWatches({ clock, random, gate, brake }, { shared })

  const watched = (...script: Step[]) => {
    const lookedAt: number[] = []
    const target: Watched<string> = {
      id: 'a',
      longestLookMs: 60_000,
      ageMs: () => clock.monotonic(),
      look: async (signal) => {
        const step = script[Math.min(lookedAt.length, script.length - 1)] ?? going
        lookedAt.push(clock.monotonic())
        return typeof step === 'function' ? step(signal) : step
      },
    }
    const wait = (terms: Partial<WaitTerms<string>> = {}, key = 'a') => {
      const usual = { timeoutMs: 60_000, schedule: schedules.fixed(1_000), maxFailures: 5, onState: () => {} }
      return watches.begin(key, target, { ...usual, ...terms })
    }
    return { lookedAt, wait }
  }

  /** A look that takes its time, and that its signal ends. */
  const slowly =
    (ms: number, look: Look<string>): Step =>
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
