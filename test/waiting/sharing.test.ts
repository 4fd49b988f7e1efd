import { expect, test } from 'vitest'
import { schedules } from '../../src/waiting/poll-schedule'
import { delays, done, engine, going, limited, stumble } from './engine'

test('two waits of one thing share one loop of looks', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched(going, going, done)
  const endings = await Promise.all([wait().ending, wait().ending])
  expect(endings.map(({ kind }) => kind)).toEqual(['reached', 'reached'])
  expect(lookedAt).toEqual([1_000, 2_000, 3_000])
})

test('waits of different things look for themselves', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched(going, done)
  await Promise.all([wait({}, 'a').ending, wait({}, 'b').ending])
  expect(lookedAt).toHaveLength(3)
})

test('the next look comes at the earliest moment that any schedule asks for', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched(going, going, going, done)
  await Promise.all([
    wait({ schedule: delays(5_000) }).ending,
    wait({ schedule: delays(7_000, 2_000, 9_000) }).ending,
  ])
  expect(lookedAt).toEqual([5_000, 7_000, 12_000, 17_000])
})

test('who joins later can bring the next look forward', async () => {
  const { clock, watched } = engine()
  const { lookedAt, wait } = watched(done)
  const first = wait({ schedule: schedules.fixed(30_000) })
  await clock.sleep(1_000)
  await wait({ schedule: schedules.fixed(500) }).ending
  expect(lookedAt).toEqual([1_500])
  expect(await first.ending).toMatchObject({ kind: 'reached', polls: 1, elapsedMs: 1_500 })
})

test('each wait has its own deadline', async () => {
  const { watched } = engine()
  const { wait } = watched(going)
  const [short, long] = await Promise.all([
    wait({ timeoutMs: 2_500 }).ending,
    wait({ timeoutMs: 4_500 }).ending,
  ])
  expect(short).toMatchObject({ kind: 'timed out', elapsedMs: 2_500 })
  expect(long).toMatchObject({ kind: 'timed out', elapsedMs: 4_500 })
})

test('each wait counts its own failures', async () => {
  const { watched } = engine()
  const { wait } = watched(stumble(), stumble(), stumble(), done)
  const [strict, patient] = await Promise.all([
    wait({ maxFailures: 1 }).ending,
    wait({ maxFailures: 3 }).ending,
  ])
  expect(strict).toMatchObject({ kind: 'stumbled', polls: 2 })
  expect(patient).toMatchObject({ kind: 'reached', polls: 4 })
})

test('who joins while a look is under way gets its state, and is not charged for its failure', async () => {
  const { clock, slowly, watched } = engine()
  const { lookedAt, wait } = watched(slowly(5_000, stumble()), done)
  const first = wait()
  await clock.sleep(3_000)
  const late = wait({ maxFailures: 0 })
  expect(await late.ending).toMatchObject({ kind: 'reached', polls: 1 })
  expect(await first.ending).toMatchObject({ kind: 'reached', polls: 2 })
  expect(lookedAt).toHaveLength(2)
})

test('the deadline of one wait does not cut a look that another still waits for', async () => {
  const { clock, slowly, watched } = engine()
  const { lookedAt, wait } = watched(slowly(5_000, done))
  const short = wait({ timeoutMs: 2_000 })
  await clock.sleep(1_500)
  const long = wait({ timeoutMs: 60_000 })
  expect(await short.ending).toMatchObject({ kind: 'timed out', elapsedMs: 2_000 })
  expect(await long.ending).toMatchObject({ kind: 'reached', elapsedMs: 4_500 })
  expect(lookedAt).toEqual([1_000])
})

test('a deadline while a look is under way starts no second look', async () => {
  const { clock, slowly, watched } = engine()
  const { lookedAt, wait } = watched(slowly(5_000, done))
  const short = wait({ timeoutMs: 2_000 })
  await clock.sleep(200)
  const long = wait()
  expect(await short.ending).toMatchObject({ kind: 'timed out' })
  expect(await long.ending).toMatchObject({ kind: 'reached', elapsedMs: 5_800 })
  expect(lookedAt).toEqual([1_000])
})

test('a deadline between two looks brings no look forward', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched(going, going, done)
  const short = wait({ timeoutMs: 2_500, schedule: schedules.fixed(10_000) })
  const long = wait({ schedule: schedules.fixed(10_000) })
  expect(await short.ending).toMatchObject({ kind: 'timed out', elapsedMs: 2_500 })
  expect(await long.ending).toMatchObject({ kind: 'reached' })
  expect(lookedAt).toEqual([2_250, 12_250, 22_250])
})

test('the last to leave stops the loop', async () => {
  const { clock, watched } = engine()
  const { lookedAt, wait } = watched(going)
  const [first, second] = [wait(), wait()]
  await clock.sleep(1_500)
  first.leave('enough')
  await clock.sleep(1_000)
  expect(lookedAt).toEqual([1_000, 2_000])
  second.leave('enough')
  await clock.sleep(60_000)
  expect(lookedAt).toEqual([1_000, 2_000])
  expect(await first.ending).toMatchObject({ kind: 'left', reason: 'enough', lastState: 'going', polls: 1 })
  expect(await second.ending).toMatchObject({ kind: 'left', polls: 2 })
})

test('the last to leave aborts the look that is under way', async () => {
  const { clock, watched } = engine()
  let lost: AbortSignal | undefined
  const { wait } = watched(async (signal) => {
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
  const { brake, clock, watched } = engine({ random: () => 0 })
  brake.ease(0)
  const left = watched(async () => {
    await clock.sleep(1_000)
    return limited(1_000)
  }).wait({}, 'left')
  await clock.sleep(1_500)
  left.leave('enough')
  const { lookedAt, wait } = watched(done)
  await wait().ending
  expect(lookedAt).toEqual([3_000])
})

test('a wait that begins after the last one left looks again', async () => {
  const { watched } = engine()
  const { lookedAt, wait } = watched(going, done)
  wait().leave('enough')
  expect(await wait().ending).toMatchObject({ kind: 'reached', polls: 2 })
  expect(lookedAt).toHaveLength(2)
})

test('a state from elsewhere reaches every wait of its key without a look', async () => {
  const { clock, watches, watched } = engine()
  const { lookedAt, wait } = watched(going)
  const seen: string[] = []
  const both = [wait({ onState: (state) => seen.push(state) }), wait()]
  const other = wait({}, 'b')
  await clock.sleep(100)
  watches.deliver('a', 'news', false)
  watches.deliver('a', 'done', true)
  for (const { ending } of both)
    expect(await ending).toMatchObject({ kind: 'reached', state: 'done', elapsedMs: 100 })
  expect(seen).toEqual(['news', 'done'])
  expect(lookedAt).toEqual([])
  other.leave('enough')
})
