import { nextDelay, RunApiClient, schedules } from 'runapi-video'
import { expect, test } from 'vitest'
import { completed, failed, json, refused, rejection, reset, said, service, stall, text } from './service'

test('a poll is one status request', async () => {
  const { create, polledAt, urls } = service([said('processing'), completed])
  const task = await create()
  const state = await task.poll()
  expect(state).toMatchObject({ status: 'processing', rawStatus: 'processing', raw: { id: 'tsk_abc123' } })
  expect(task.state).toBe(state)
  expect(polledAt).toEqual([0])
  expect(urls.at(-1)).toBe('https://runapi.ai/api/v1/luma/modify_video/tsk_abc123')
})

test('a failed generation is a state of a poll, not an exception', async () => {
  const { create } = service([failed])
  expect(await (await create()).poll()).toMatchObject({
    status: 'failed',
    error: { message: 'Generation failed' },
  })
})

test('a handle that has seen the end answers with it, and a revived one asks', async () => {
  const { create, runapi, polledAt } = service([completed])
  const task = await create()
  const state = await task.poll()
  expect(await task.poll()).toBe(state)
  expect(polledAt).toHaveLength(1)
  expect(await runapi.task(task).poll()).toMatchObject({ status: 'completed' })
  expect(polledAt).toHaveLength(2)
})

test("a poll is retried as often as the client's options say", async () => {
  const { create, polledAt } = service([reset, refused(503), completed])
  expect(await (await create()).poll()).toMatchObject({ status: 'completed' })
  expect(polledAt).toHaveLength(3)
  const once = service([reset, completed])
  const task = await once.create()
  expect(await rejection(task.poll({ maxRetries: 0 }))).toMatchObject({ code: 'connection' })
  expect(once.polledAt).toHaveLength(1)
})

test.each([
  ['a 404', refused(404), { name: 'NotFoundError', status: 404 }],
  ['a 401', refused(401), { name: 'AuthenticationError', status: 401 }],
  ['a lost connection', reset, { name: 'ConnectionError' }],
  ['no answer in time', stall, { name: 'RequestTimeoutError' }],
  ['a page of HTML', text('<html>'), { name: 'MalformedResponseError', body: '<html>' }],
])('%s rejects a poll with its own class and the task', async (_name, step, expected) => {
  const { create } = service([said('processing'), step], { timeoutMs: 2_000, maxRetries: 0 })
  const task = await create()
  await task.poll()
  const error = await rejection(task.poll())
  expect(error).toMatchObject({
    ...expected,
    task,
    lastState: { status: 'processing' },
    idempotencyKey: task.idempotencyKey,
    elapsedMs: step === stall ? 2_000 : 0,
    polls: 1,
  })
})

test('a poll that queues for a place has no time running', async () => {
  const held = service([(signal, id) => held.slowly(3_000, said('processing'))(signal, id)], {
    maxConcurrentPolls: 1,
  })
  const ref = (await held.create()).toJSON()
  const tasks = ['a', 'b', 'c'].map((id) => held.runapi.task({ ...ref, id }))
  await Promise.all(tasks.map((task) => task.poll({ timeoutMs: 4_000, maxRetries: 0 })))
  expect(held.polledAt).toEqual([0, 3_000, 6_000])
})

test('no more polls are in flight than maxConcurrentPolls', async () => {
  let inFlight = 0
  let most = 0
  const held = service(
    [
      async (signal, id) => {
        most = Math.max(most, ++inFlight)
        await held.clock.sleep(10, signal)
        inFlight--
        return completed(signal, id)
      },
    ],
    { maxConcurrentPolls: 4 },
  )
  const ref = (await held.create()).toJSON()
  await Promise.all(
    Array.from({ length: 30 }, (_, index) => held.runapi.task({ ...ref, id: `t${index}` }).wait()),
  )
  expect(most).toBe(4)
})

test('a poll event tells the age, and the state or the code of the error', async () => {
  const seen: unknown[] = []
  const { create, clock } = service([said('processing'), refused(404)], {
    onEvent: (event) => {
      if (event.type === 'poll') seen.push(event)
    },
  })
  const task = await create()
  await clock.sleep(1_000)
  await task.poll()
  await rejection(task.poll())
  const usual = { type: 'poll', endpoint: 'luma.modifyVideo', taskId: 'tsk_abc123', ageMs: 1_000 }
  expect(seen).toEqual([
    { ...usual, status: 'processing' },
    { ...usual, error: 'not_found' },
  ])
})

test('the state of a create that says none is pending', async () => {
  const { create } = service([], { create: json({ task_id: 'tsk_abc123' }) })
  expect((await create()).state).toMatchObject({ status: 'pending', raw: { task_id: 'tsk_abc123' } })
})

test('nextDelay gives the delays of the schedule at the age of the task', async () => {
  const { create, clock, runapi } = service([completed])
  const task = await create()
  expect(nextDelay(task)).toBe(5_000)
  await clock.sleep(5_000)
  expect(nextDelay(task, { attempt: 1 })).toBe(15_000)
  expect(nextDelay(runapi.task(task), { attempt: 1 })).toBe(15_000)
  await clock.sleep(55_000)
  expect(nextDelay(task, { attempt: 9 })).toBe(4_400)
  expect(nextDelay(runapi.task('hailuo.textToVideo', 'a'))).toBe(0)
})

test.each([-1, 1.5, Number.NaN, '1'])('nextDelay refuses an attempt of %s', (attempt) => {
  const task = new RunApiClient().task('luma.modifyVideo', 'a')
  expect(() => nextDelay(task, { attempt: attempt as number })).toThrow(/^attempt: /)
})

test('a custom schedule sees the age, the number of polls and a source of jitter', async () => {
  const seen: unknown[] = []
  const { create, clock } = service([said('processing'), reset, completed])
  const task = await create()
  await clock.sleep(1_000)
  await task.wait({
    schedule: (context) => {
      seen.push([context.ageMs, context.attempt, context.random()])
      return schedules.fixed(2_000)(context)
    },
  })
  expect(seen).toEqual([
    [1_000, 0, 0.5],
    [3_000, 1, 0.5],
    [5_000, 2, 0.5],
  ])
})
