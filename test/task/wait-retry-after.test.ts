import { schedules } from 'runapi-video'
import { expect, test } from 'vitest'
import { completed, refused, rejection, said, service, text } from './service'

const everySecond = { schedule: schedules.fixed(1_000) }

test.each([
  ['a 200', said('processing', { 'retry-after': '30' })],
  ['a 200 that cannot be read', text('<html>', { 'retry-after': '30' })],
  ['a 429', refused(429, { 'retry-after': '30' })],
  ['a 503', refused(503, { 'retry-after': '30' })],
  ['a 404 in its grace', refused(404, { 'retry-after': '30' })],
  ['a date', said('processing', { 'retry-after': 'Sun, 01 Mar 2026 12:00:31 GMT' })],
])('the Retry-After of %s is a minimum for the next delay only', async (_name, step) => {
  const { create, polledAt } = service([step, said('processing'), completed])
  await (await create()).wait(everySecond)
  const [first = 0, second = 0, third = 0] = polledAt
  expect(first).toBe(1_000)
  expect(second).toBeGreaterThanOrEqual(31_000)
  expect(second).toBeLessThanOrEqual(37_000)
  expect(third).toBe(second + 1_000)
})

test.each(['soon', '1.5', '-3', '1 s', '2026-03-01T12:01:00Z', ''])(
  'a Retry-After of %j is not an instruction',
  async (value) => {
    const { create, polledAt } = service([said('processing', { 'retry-after': value }), completed])
    await (await create()).wait(everySecond)
    expect(polledAt).toEqual([1_000, 2_000])
  },
)

test('a Retry-After shorter than the schedule changes nothing', async () => {
  const { create, polledAt } = service([said('processing', { 'retry-after': '1' }), completed])
  await (await create()).wait({ schedule: schedules.fixed(10_000) })
  expect(polledAt).toEqual([10_000, 20_000])
})

test('a Retry-After beyond the deadline ends the wait at the deadline without another request', async () => {
  const { create, polledAt } = service([refused(503, { 'retry-after': '3600' }), completed])
  const task = await create()
  expect(await rejection(task.wait({ ...everySecond, timeoutMs: 20_000 }))).toMatchObject({
    code: 'wait_timeout',
    elapsedMs: 20_000,
    polls: 1,
    cause: { status: 503 },
  })
  expect(polledAt).toEqual([1_000])
})

test('a 429 slows every wait of the client, which recover by themselves', async () => {
  const { create, runapi, polledAt } = service([refused(429, { 'retry-after': '20' }), completed])
  const ref = (await create()).toJSON()
  const tasks = ['a', 'b', 'c'].map((id) => runapi.task({ ...ref, id }))
  const waits = tasks.map((task, index) => task.wait({ schedule: schedules.fixed(1_000 + 10 * index) }))
  await Promise.all(waits)
  expect(polledAt).toHaveLength(4)
  for (const at of polledAt.slice(1)) {
    expect(at).toBeGreaterThanOrEqual(21_000)
    expect(at).toBeLessThanOrEqual(25_000)
  }
})

test('a task whose poll is told to wait a day waits a day, and the others a minute', async () => {
  const { create, runapi, polledAt } = service([refused(429, { 'retry-after': '86400' }), completed])
  const ref = (await create()).toJSON()
  const [own, other] = ['own', 'other'].map((id) => runapi.task({ ...ref, id }))
  const long = own?.wait({ ...everySecond, timeoutMs: 100_000_000 })
  await other?.wait({ schedule: schedules.fixed(2_000) })
  await long
  const [first, second = 0, third = 0] = polledAt
  expect([first, polledAt.length]).toEqual([1_000, 3])
  expect(second).toBeGreaterThanOrEqual(61_000)
  expect(second).toBeLessThan(91_000)
  expect(third).toBeGreaterThanOrEqual(86_401_000)
  expect(third).toBeLessThan(86_431_000)
})
