import { createIsolatedRateLimiter, createRateLimiter, type RateLimiter } from '../../src/limits/rate-limiter'
import { createExpiringSemaphore, createSemaphore } from '../../src/limits/semaphore'
import type { Clock } from '../../src/platform/clock'
import { createVirtualTime } from '../../src/testing/time/virtual-time'
import { type PollSchedule, schedules } from '../../src/waiting/poll-schedule'
import { createPollers } from '../../src/waiting/pollers'
import type { PollResult, PollTarget, SubscriberOptions } from '../../src/waiting/subscriber'

/** What a poll brings; `throttled` tells the rate limiter, as an HTTP request does when a 429 comes. */
export type Brought = PollResult<string> & { throttled?: boolean }
export type Step = Brought | ((signal: AbortSignal) => Promise<Brought>)

export const going: Brought = { kind: 'state', label: 'going', state: 'going', isTerminal: false }
export const done: Brought = { kind: 'state', label: 'done', state: 'done', isTerminal: true }
export const failure = (more: Partial<Brought & { kind: 'retryable failure' }> = {}): Brought => ({
  kind: 'retryable failure',
  label: 'failed',
  error: new Error('no answer'),
  counts: true,
  ...more,
})
export const limited = (notBeforeMs?: number): Brought =>
  failure({ label: '429', notBeforeMs, throttled: true })

interface EngineOptions {
  /** As where a promise belongs to the request that made it: nothing awaitable is shared. */
  isolated?: boolean
  pollSlots?: number
  random?: () => number
  limiter?: (clock: Clock, random: () => number) => RateLimiter
}

/** The engine on virtual time, polling targets that a test scripts; the last step repeats. */
export const engine = (options: EngineOptions = {}) => {
  const { isolated = false, pollSlots: limit = 32, random = () => 0.5 } = options
  const { clock } = createVirtualTime(0, random)
  const makeLimiter = options.limiter ?? (isolated ? createIsolatedRateLimiter : createRateLimiter)
  const rateLimiter = makeLimiter(clock, random)
  const pollSlots = isolated ? createExpiringSemaphore(limit, clock, random) : createSemaphore(limit)
  const pollers = createPollers({ clock, random, pollSlots, rateLimiter }, { shared: !isolated })

  const target = (...script: Step[]) => {
    const polledAt: number[] = []
    const poll = async (signal: AbortSignal): Promise<PollResult<string>> => {
      const step = script[Math.min(polledAt.length, script.length - 1)] ?? going
      polledAt.push(clock.monotonic())
      const result = await (typeof step === 'function' ? step(signal) : step)
      if (result.throttled) rateLimiter.onThrottled(clock.monotonic(), result.notBeforeMs)
      return result
    }
    const targetOf = (name: string, more: Partial<PollTarget<string>> = {}): PollTarget<string> => ({
      name,
      via: [],
      pollTimeoutMs: 60_000,
      ageMs: () => clock.monotonic(),
      poll,
      ...more,
    })
    const wait = (
      given: Partial<SubscriberOptions<string>> = {},
      name = 'a',
      more: Partial<PollTarget<string>> = {},
    ) => {
      const usual = { timeoutMs: 60_000, schedule: schedules.fixed(1_000), maxFailures: 5, onState: () => {} }
      return pollers.wait(targetOf(name, more), { ...usual, ...given })
    }
    return { polledAt, targetOf, wait }
  }

  /** A poll that takes its time, and that its signal ends. */
  const slowly =
    (ms: number, result: Brought): Step =>
    async (signal) => {
      await clock.sleep(ms, signal)
      return result
    }

  return { clock, rateLimiter, pollers, target, slowly }
}

/** A schedule that says these delays in turn, then the last one again. */
export const delays =
  (...ms: number[]): PollSchedule =>
  ({ attempt }) =>
    ms[Math.min(attempt, ms.length - 1)] as number
