import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ConfigurationError,
  ConnectionError,
  MalformedResponseError,
  RateLimitError,
  ServerError,
} from '../../src/errors'
import { backoffMs, retryDelayMs } from '../../src/http/retry'
import { createRetryBudget } from '../../src/limits/retry-budget'

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const rateLimit = (retryAfterMs?: number) => new RateLimitError('429', { status: 429, retryAfterMs })

test('backoff is spread over the whole range up to an exponentially growing limit', () => {
  const limits = [0, 1, 2, 3, 4, 5, 20].map((attempt) => backoffMs(attempt, () => 1))
  expect(limits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000])
  expect(backoffMs(3, () => 0)).toBe(0)
  expect(backoffMs(3, () => 0.25)).toBe(1_000)
})

test('backoff stays between 0 and 8 s at every attempt', () => {
  fc.assert(
    fc.property(fc.nat(10_000), unit, (attempt, random) => {
      const delay = backoffMs(attempt, () => random)
      expect(delay).toBeGreaterThanOrEqual(0)
      expect(delay).toBeLessThanOrEqual(8_000)
    }),
  )
})

test('the delay is never below Retry-After', () => {
  fc.assert(
    fc.property(fc.nat(60_000), fc.nat(10), unit, (retryAfterMs, attempt, random) => {
      expect(retryDelayMs(rateLimit(retryAfterMs), attempt, () => random)).toBeGreaterThanOrEqual(
        retryAfterMs,
      )
    }),
  )
})

test('a Retry-After above 60 s stops the retries', () => {
  expect(retryDelayMs(rateLimit(60_000), 0, () => 0)).toBe(60_000)
  expect(retryDelayMs(rateLimit(60_001), 0, () => 0)).toBeUndefined()
})

test('an error that time does not mend is not retried', () => {
  expect(retryDelayMs(new ConfigurationError('no'), 0, () => 0)).toBeUndefined()
  expect(retryDelayMs(new ConnectionError('certificate', { retryable: false }), 0, () => 0)).toBeUndefined()
  expect(retryDelayMs(new ServerError('503', { status: 503 }), 0, () => 0.5)).toBe(250)
})

test('an answer that cannot be read is not asked for again, though its caller may', () => {
  const unread = new MalformedResponseError('no JSON', { status: 200, body: '<html>' })
  expect(unread.retryable).toBe(true)
  expect(retryDelayMs(unread, 0, () => 0)).toBeUndefined()
})

test('the budget allows 100 retries in an outage, 50 after timeouts', () => {
  const countIn = (afterTimeout: boolean): number => {
    const budget = createRetryBudget()
    let count = 0
    while (budget.spend(afterTimeout)) count++
    return count
  }
  expect(countIn(false)).toBe(100)
  expect(countIn(true)).toBe(50)
})

test('successes refill the budget, never beyond its size', () => {
  const budget = createRetryBudget()
  for (let i = 0; i < 1_000; i++) budget.refund()
  let count = 0
  while (budget.spend(false)) count++
  expect(count).toBe(100)
  for (let i = 0; i < 4; i++) budget.refund()
  expect(budget.spend(false)).toBe(false)
  budget.refund()
  expect(budget.spend(false)).toBe(true)
})
