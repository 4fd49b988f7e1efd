import { expect, test } from 'vitest'
import { schedules } from '../../src/waiting/poll-schedule'
import { delays, done, engine, failure, going, limited } from './engine'

test('two waits of one thing share one loop of polls', async () => {
  const { target } = engine()
  const { polledAt, wait } = target(going, going, done)
  const results = await Promise.all([wait().result, wait().result])
  expect(results.map(({ kind }) => kind)).toEqual(['reached', 'reached'])
  expect(polledAt).toEqual([1_000, 2_000, 3_000])
})

test('waits of different things look for themselves', async () => {
  const { target } = engine()
  const { polledAt, wait } = target(going, done)
  await Promise.all([wait({}, 'a').result, wait({}, 'b').result])
  expect(polledAt).toHaveLength(3)
})

test('the next poll comes at the earliest moment that any schedule asks for', async () => {
  const { target } = engine()
  const { polledAt, wait } = target(going, going, going, done)
  await Promise.all([
    wait({ schedule: delays(5_000) }).result,
    wait({ schedule: delays(7_000, 2_000, 9_000) }).result,
  ])
  expect(polledAt).toEqual([5_000, 7_000, 12_000, 17_000])
})

test('who joins later can bring the next poll forward', async () => {
  const { clock, target } = engine()
  const { polledAt, wait } = target(done)
  const first = wait({ schedule: schedules.fixed(30_000) })
  await clock.sleep(1_000)
  await wait({ schedule: schedules.fixed(500) }).result
  expect(polledAt).toEqual([1_500])
  expect(await first.result).toMatchObject({ kind: 'reached', polls: 1, elapsedMs: 1_500 })
})

test('each wait has its own deadline', async () => {
  const { target } = engine()
  const { wait } = target(going)
  const [short, long] = await Promise.all([
    wait({ timeoutMs: 2_500 }).result,
    wait({ timeoutMs: 4_500 }).result,
  ])
  expect(short).toMatchObject({ kind: 'timed out', elapsedMs: 2_500 })
  expect(long).toMatchObject({ kind: 'timed out', elapsedMs: 4_500 })
})

test('each wait counts its own failures', async () => {
  const { target } = engine()
  const { wait } = target(failure(), failure(), failure(), done)
  const [strict, patient] = await Promise.all([
    wait({ maxFailures: 1 }).result,
    wait({ maxFailures: 3 }).result,
  ])
  expect(strict).toMatchObject({ kind: 'too many failures', polls: 2 })
  expect(patient).toMatchObject({ kind: 'reached', polls: 4 })
})

test('who joins while a poll is under way gets its state, and is not charged for its failure', async () => {
  const { clock, slowly, target } = engine()
  const { polledAt, wait } = target(slowly(5_000, failure()), done)
  const first = wait()
  await clock.sleep(3_000)
  const late = wait({ maxFailures: 0 })
  expect(await late.result).toMatchObject({ kind: 'reached', polls: 1 })
  expect(await first.result).toMatchObject({ kind: 'reached', polls: 2 })
  expect(polledAt).toHaveLength(2)
})

test('the deadline of one wait does not cut a poll that another still waits for', async () => {
  const { clock, slowly, target } = engine()
  const { polledAt, wait } = target(slowly(5_000, done))
  const short = wait({ timeoutMs: 2_000 })
  await clock.sleep(1_500)
  const long = wait({ timeoutMs: 60_000 })
  expect(await short.result).toMatchObject({ kind: 'timed out', elapsedMs: 2_000 })
  expect(await long.result).toMatchObject({ kind: 'reached', elapsedMs: 4_500 })
  expect(polledAt).toEqual([1_000])
})

test('a deadline while a poll is under way starts no second poll', async () => {
  const { clock, slowly, target } = engine()
  const { polledAt, wait } = target(slowly(5_000, done))
  const short = wait({ timeoutMs: 2_000 })
  await clock.sleep(200)
  const long = wait()
  expect(await short.result).toMatchObject({ kind: 'timed out' })
  expect(await long.result).toMatchObject({ kind: 'reached', elapsedMs: 5_800 })
  expect(polledAt).toEqual([1_000])
})

test('a deadline between two polls brings no poll forward', async () => {
  const { target } = engine()
  const { polledAt, wait } = target(going, going, done)
  const short = wait({ timeoutMs: 2_500, schedule: schedules.fixed(10_000) })
  const long = wait({ schedule: schedules.fixed(10_000) })
  expect(await short.result).toMatchObject({ kind: 'timed out', elapsedMs: 2_500 })
  expect(await long.result).toMatchObject({ kind: 'reached' })
  expect(polledAt).toEqual([2_250, 12_250, 22_250])
})

test('the last to leave stops the loop', async () => {
  const { clock, target } = engine()
  const { polledAt, wait } = target(going)
  const [first, second] = [wait(), wait()]
  await clock.sleep(1_500)
  first.leave('enough')
  await clock.sleep(1_000)
  expect(polledAt).toEqual([1_000, 2_000])
  second.leave('enough')
  await clock.sleep(60_000)
  expect(polledAt).toEqual([1_000, 2_000])
  expect(await first.result).toMatchObject({ kind: 'left', reason: 'enough', lastState: 'going', polls: 1 })
  expect(await second.result).toMatchObject({ kind: 'left', polls: 2 })
})

test('the last to leave aborts the poll that is under way', async () => {
  const { clock, target } = engine()
  let lost: AbortSignal | undefined
  const { wait } = target(async (signal) => {
    lost = signal
    return new Promise(() => {})
  })
  const [first, second] = [wait(), wait()]
  await clock.sleep(1_500)
  first.leave('enough')
  expect(lost?.aborted).toBe(false)
  second.leave('enough')
  expect(lost?.aborted).toBe(true)
})

test('a rate limit that comes after the last one left takes no turn', async () => {
  const { rateLimiter, clock, target } = engine({ random: () => 0 })
  rateLimiter.onSuccess(0)
  const left = target(async () => {
    await clock.sleep(1_000)
    return limited(1_000)
  }).wait({}, 'left')
  await clock.sleep(1_500)
  left.leave('enough')
  const { polledAt, wait } = target(done)
  await wait().result
  expect(polledAt).toEqual([3_000])
})

test('a wait that begins after the last one left polls again', async () => {
  const { target } = engine()
  const { polledAt, wait } = target(going, done)
  wait().leave('enough')
  expect(await wait().result).toMatchObject({ kind: 'reached', polls: 2 })
  expect(polledAt).toHaveLength(2)
})

test('a state from elsewhere reaches every wait of its key without a poll', async () => {
  const { clock, pollers, target } = engine()
  const { polledAt, wait } = target(going)
  const seen: string[] = []
  const both = [wait({ onState: (state) => seen.push(state) }), wait()]
  const other = wait({}, 'b')
  await clock.sleep(100)
  pollers.deliverNews('a', 'news', false)
  pollers.deliverNews('a', 'done', true)
  for (const { result } of both)
    expect(await result).toMatchObject({ kind: 'reached', state: 'done', elapsedMs: 100 })
  expect(seen).toEqual(['news', 'done'])
  expect(polledAt).toEqual([])
  other.leave('enough')
})
