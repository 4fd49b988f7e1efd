import { expect, test } from 'vitest'
import { schedules } from '../../src/waiting/poll-schedule'
import { delays, done, engine, failure, going } from './engine'

test('the last poll starts one second before the deadline', async () => {
  const { target } = engine()
  const { polledAt, wait } = target(going)
  const result = await wait({ timeoutMs: 50_000, schedule: schedules.fixed(40_000) }).result
  expect(polledAt).toEqual([40_000, 49_000])
  expect(result).toMatchObject({ kind: 'timed out', elapsedMs: 50_000, polls: 2, lastState: 'going' })
})

test('the last poll of a short wait starts a tenth of it before the deadline', async () => {
  const { target } = engine()
  const { polledAt, wait } = target(going)
  const result = await wait({ timeoutMs: 500, schedule: schedules.fixed(40_000) }).result
  expect(polledAt).toEqual([450])
  expect(result).toMatchObject({ kind: 'timed out', elapsedMs: 500, polls: 1 })
})

test('the last poll can still bring the end', async () => {
  const { slowly, target } = engine()
  const { wait } = target(slowly(900, done))
  expect(await wait({ timeoutMs: 10_000, schedule: schedules.fixed(60_000) }).result).toMatchObject({
    kind: 'reached',
    elapsedMs: 9_900,
  })
})

test('a poll that never answers ends with the deadline', async () => {
  const { target } = engine()
  let lost: AbortSignal | undefined
  const { wait } = target(async (signal) => {
    lost = signal
    return new Promise(() => {})
  })
  expect(await wait({ timeoutMs: 3_000 }).result).toMatchObject({
    kind: 'timed out',
    elapsedMs: 3_000,
    polls: 1,
  })
  expect(lost?.aborted).toBe(true)
})

test('a poll that fails in the moment of the deadline counts as the deadline', async () => {
  const { clock, slowly, target } = engine()
  const { wait } = target(slowly(2_000, failure()))
  const { result } = wait({ timeoutMs: 3_000, maxFailures: 0 })
  await clock.sleep(1_500)
  // Who joins sets the deadline's timer anew, so that the poll ends first.
  const other = wait()
  expect(await result).toMatchObject({ kind: 'timed out', elapsedMs: 3_000 })
  other.leave('enough')
})

test('no poll starts at the deadline itself', async () => {
  const { target } = engine()
  const { polledAt, wait } = target(going)
  await wait({ timeoutMs: 3_000, schedule: schedules.fixed(1_500) }).result
  expect(polledAt).toEqual([1_500, 2_700])
  polledAt.length = 0
  await wait({ timeoutMs: 3_000, schedule: schedules.fixed(300) }).result
  expect(polledAt).toHaveLength(9)
})

test('a wait without end has no last poll', async () => {
  const { target } = engine()
  const { polledAt, wait } = target(going, done)
  const result = await wait({ timeoutMs: Infinity, schedule: delays(10_000_000, 1_000) }).result
  expect(polledAt).toEqual([10_000_000, 10_001_000])
  expect(result).toMatchObject({ kind: 'reached', elapsedMs: 10_001_000 })
})

test('a schedule of no delay does not poll in a busy loop', async () => {
  const { target } = engine()
  const { polledAt, wait } = target(going)
  await wait({ timeoutMs: 20, schedule: schedules.fixed(0) }).result
  expect(polledAt[0]).toBe(0)
  expect(polledAt.length).toBeLessThanOrEqual(20)
})

test.each([Number.NaN, -1, Infinity, '5', undefined])(
  'a schedule that says %s ends the wait',
  async (delay) => {
    const { target } = engine()
    const { polledAt, wait } = target(going)
    const result = await wait({ schedule: (() => delay) as never }).result
    expect(result).toMatchObject({ kind: 'invalid schedule', error: delay, polls: 0 })
    expect(polledAt).toEqual([])
  },
)

test('a schedule that throws ends its own wait and no other', async () => {
  const { target } = engine()
  const { wait } = target(going, going, done)
  const fault = new Error('mine')
  const broken = wait({
    schedule: ({ attempt }) => {
      if (attempt === 1) throw fault
      return 1_000
    },
  })
  const sound = wait()
  expect(await broken.result).toMatchObject({
    kind: 'invalid schedule',
    error: fault,
    polls: 1,
    lastState: 'going',
  })
  expect(await sound.result).toMatchObject({ kind: 'reached', polls: 3 })
})
