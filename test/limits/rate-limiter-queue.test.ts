import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRateLimiter } from '../../src/limits/rate-limiter'

// A fifth of the longest pause.
const LONGEST_GAP_MS = 6_000

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant('turn' as const) },
  { weight: 2, arbitrary: fc.constant('leave' as const) },
  { weight: 1, arbitrary: fc.constant('press' as const) },
  { weight: 1, arbitrary: fc.constant('press for 5 s' as const) },
  { weight: 4, arbitrary: fc.constant('ease' as const) },
)
const scene = fc.array(
  fc.tuple(step, fc.integer({ min: 0, max: 3_000 }), fc.double({ min: 0, max: 0.999, noNaN: true })),
  {
    maxLength: 200,
  },
)

test('whatever comes, each turn comes too, within the time of a queue at its slowest, and never in a pause', () => {
  fc.assert(
    fc.property(scene, (steps) => {
      const brake = createRateLimiter()
      const held: number[] = []
      let now = 0
      for (const [what, ms, random] of steps) {
        now += ms
        if (what === 'turn') {
          const turn = brake.turn(now, () => random)
          if (turn !== undefined) held.push(turn)
        } else if (what === 'leave') {
          const turn = held.splice(Math.floor(random * held.length), 1)[0]
          if (turn !== undefined) brake.leave(turn, now)
        } else if (what === 'ease') brake.ease(now)
        else brake.press(now, what === 'press' ? undefined : 5_000)
      }
      const pausedUntil = brake.until
      const begun = now
      for (let asked = 0; held.length > 0; asked++) {
        expect(asked).toBeLessThan(20_000)
        const asks = held.map((turn) => brake.askAt(turn, now))
        const next = Math.min(...asks)
        expect(next).not.toBeNaN()
        expect(next).toBeGreaterThanOrEqual(Math.min(now, pausedUntil))
        now = Math.max(now, next)
        for (const turn of [...held]) {
          if (brake.askAt(turn, now) > now) continue
          expect(now).toBeGreaterThanOrEqual(pausedUntil)
          held.splice(held.indexOf(turn), 1)
          brake.leave(turn, now)
        }
      }
      expect(now - Math.max(begun, pausedUntil)).toBeLessThanOrEqual(200 * LONGEST_GAP_MS + 1)
      expect(brake.turn(Math.max(now, pausedUntil) + LONGEST_GAP_MS + 1, () => 0.5)).toBeUndefined()
    }),
    { numRuns: 2_000 },
  )
})
