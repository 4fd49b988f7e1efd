import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { type ChaosOptions, runChaos } from '../bench/chaos/run.mjs'
import { isExact } from '../bench/chaos/tally.mjs'

// Thousands of requests, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const run = (options: Partial<ChaosOptions>) =>
  runChaos({ seed: 1, creates: 100, waits: 50, share: 0.3, ...options })

test.each([1, 2, 3])(
  'through faults on every third request each call is paid for once, seed %i',
  async (seed) => {
    const books = await run({ seed })
    expect(books).toMatchObject({
      callsThatSucceeded: 100,
      waitsThatEnded: 50,
      boughtPerSuccess: 1,
      lostHandles: 0,
      duplicates: 0,
      wrongEnds: 0,
      failuresWithKeyOrHandle: books.failures,
    })
    expect(books.failures).toBeGreaterThan(0)
    expect(isExact(books)).toBe(true)
  },
)

test('through an outage in which nearly every request fails, each call is paid for once', async () => {
  const books = await run({ creates: 40, waits: 20, share: 0.9 })
  expect(books.failures).toBeGreaterThan(100)
  expect(books).toSatisfy(isExact)
})

test('a process that dies at any moment, and again, buys nothing twice and loses nothing', async () => {
  const moment = fc.integer({ min: 0, max: 900_000 })
  const runs = fc.record({ seed: fc.nat(), crashesAtMs: fc.array(moment, { minLength: 1, maxLength: 3 }) })
  await fc.assert(
    fc.asyncProperty(runs, async ({ seed, crashesAtMs }) => {
      const books = await run({
        seed,
        creates: 30,
        waits: 30,
        crashesAtMs: crashesAtMs.sort((a, b) => a - b),
      })
      expect(books).toSatisfy(isExact)
    }),
    { numRuns: 10 },
  )
})

test('an app that throws the keys of failed calls away buys twice, and the tally sees it', async () => {
  const books = await run({ creates: 40, waits: 0, share: 0.6, losesKeys: true })
  expect(books.duplicates).toBeGreaterThan(0)
  expect(isExact(books)).toBe(false)
})
