import { expect, test } from 'vitest'
import { schedules } from '../../src/waiting/poll-schedule'
import { delays, done, engine, going, stumble } from './engine'

test('the last look starts one second before the deadline', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched(going)
  const ending = await wait({ timeoutMs: 50_000, schedule: schedules.fixed(40_000) }).ending
  expect(lookedAt).toEqual([40_000, 49_000])
  expect(ending).toMatchObject({ kind: 'timed out', elapsedMs: 50_000, polls: 2, lastState: 'going' })
})

test('the last look of a short wait starts a tenth of it before the deadline', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched(going)
  const ending = await wait({ timeoutMs: 500, schedule: schedules.fixed(40_000) }).ending
  expect(lookedAt).toEqual([450])
  expect(ending).toMatchObject({ kind: 'timed out', elapsedMs: 500, polls: 1 })
})

test('the last look can still bring the end', async () => {
  const { slowly, watched } = engine()
  const { wait } = watched(slowly(900, done))
  expect(await wait({ timeoutMs: 10_000, schedule: schedules.fixed(60_000) }).ending).toMatchObject({
    kind: 'reached',
    elapsedMs: 9_900,
  })
})

test('a look that never answers ends with the deadline', async () => {
  const { watched } = engine()
  let lost: AbortSignal | undefined
  const { wait } = watched(async (signal) => {
    lost = signal
    return new Promise(() => {})
  })
  expect(await wait({ timeoutMs: 3_000 }).ending).toMatchObject({
    kind: 'timed out',
    elapsedMs: 3_000,
    polls: 1,
  })
  expect(lost?.aborted).toBe(true)
})

test('a look that fails in the moment of the deadline counts as the deadline', async () => {
  const { clock, slowly, watched } = engine()
  const { wait } = watched(slowly(2_000, stumble()))
  const { ending } = wait({ timeoutMs: 3_000, maxFailures: 0 })
  await clock.sleep(1_500)
  // Who joins sets the deadline's timer anew, so that the look ends first.
  const other = wait()
  expect(await ending).toMatchObject({ kind: 'timed out', elapsedMs: 3_000 })
  other.leave('enough')
})

test('no look starts at the deadline itself', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched(going)
  await wait({ timeoutMs: 3_000, schedule: schedules.fixed(1_500) }).ending
  expect(lookedAt).toEqual([1_500, 2_700])
  lookedAt.length = 0
  await wait({ timeoutMs: 3_000, schedule: schedules.fixed(300) }).ending
  expect(lookedAt).toHaveLength(9)
})

test('a wait without end has no last look', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched(going, done)
  const ending = await wait({ timeoutMs: Infinity, schedule: delays(10_000_000, 1_000) }).ending
  expect(lookedAt).toEqual([10_000_000, 10_001_000])
  expect(ending).toMatchObject({ kind: 'reached', elapsedMs: 10_001_000 })
})

test('a schedule of no delay does not look in a busy loop', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched(going)
  await wait({ timeoutMs: 20, schedule: schedules.fixed(0) }).ending
  expect(lookedAt[0]).toBe(0)
  expect(lookedAt.length).toBeLessThanOrEqual(20)
})

test.each([Number.NaN, -1, Infinity, '5', undefined])(
  'a schedule that says %s ends the wait',
  async (delay) => {
    const { watched } = engine()
    const { lookedAt, wait } = watched(going)
    const ending = await wait({ schedule: (() => delay) as never }).ending
    expect(ending).toMatchObject({ kind: 'bad schedule', error: delay, polls: 0 })
    expect(lookedAt).toEqual([])
  },
)

test('a schedule that throws ends its own wait and no other', async () => {
  const { watched } = engine()
  const { wait } = watched(going, going, done)
  const fault = new Error('mine')
  const broken = wait({
    schedule: ({ attempt }) => {
      if (attempt === 1) throw fault
      return 1_000
    },
  })
  const sound = wait()
  expect(await broken.ending).toMatchObject({
    kind: 'bad schedule',
    error: fault,
    polls: 1,
    lastState: 'going',
  })
  expect(await sound.ending).toMatchObject({ kind: 'reached', polls: 3 })
})
