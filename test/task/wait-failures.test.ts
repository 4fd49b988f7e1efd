import { type RunApiError, schedules, type Task } from 'runapi-video'
import { expect, test } from 'vitest'
import { completed, json, refused, rejection, reset, type Step, said, service, stall, text } from './service'

const everySecond = { schedule: schedules.fixed(1_000) }
const inARow = (times: number, step: Step): Step[] => Array.from({ length: times }, () => step)

test.each([
  [400, 'BadRequestError'],
  [401, 'AuthenticationError'],
  [402, 'InsufficientCreditsError'],
  [403, 'PermissionDeniedError'],
  [409, 'ConflictError'],
  [410, 'ApiError'],
  [413, 'ApiError'],
  [422, 'BadRequestError'],
  [301, 'ApiError'],
  [302, 'ApiError'],
  [304, 'ApiError'],
  [307, 'ApiError'],
])('a %i ends the wait at once with its own class and the task', async (status, name) => {
  const answer: Step =
    status === 304 ? () => new Response(null, { status, headers: { location: '/x' } }) : refused(status)
  const { create, polledAt } = service([said('processing'), answer, completed])
  const task = await create()
  const error = await rejection(task.wait(everySecond))
  expect(error).toMatchObject({
    name,
    status,
    task,
    lastState: { status: 'processing' },
    elapsedMs: 2_000,
    polls: 2,
    idempotencyKey: task.idempotencyKey,
  })
  expect(polledAt).toHaveLength(2)
})

test.each([
  ['a 408', refused(408)],
  ['a 429', refused(429, { 'retry-after': '1' })],
  ['a 455', refused(455)],
  ['a 500', refused(500)],
  ['a 502', refused(502)],
  ['a 503', refused(503)],
  ['a 504', refused(504)],
  ['a 599', refused(599)],
  ['a lost connection', reset],
  ['a page of HTML', text('<html>')],
  ['an empty answer', text('')],
  ['an answer without a status', json({ id: 'tsk_abc123' })],
  ['completed without a video', json({ status: 'completed', videos: [] })],
  ['no answer in time', stall],
])('%s is one failed poll, and five in a row are tolerated', async (_name, step) => {
  const { create, polledAt } = service([...inARow(5, step), completed], { timeoutMs: 2_000 })
  const task = await create()
  expect(await task.wait(everySecond)).toMatchObject({ status: 'completed' })
  expect(polledAt).toHaveLength(6)
})

test('the sixth failed poll in a row ends the wait with the last failure as cause', async () => {
  const { create } = service([said('processing'), ...inARow(5, reset), refused(503)])
  const task = await create()
  expect(await rejection(task.wait(everySecond))).toMatchObject({
    code: 'poll_failed',
    retryable: true,
    cause: { name: 'ServerError', status: 503 },
    task,
    lastState: { status: 'processing' },
    elapsedMs: 7_000,
    polls: 7,
    idempotencyKey: task.idempotencyKey,
  })
})

test('a good poll starts the count of failures again', async () => {
  const { create } = service([...inARow(5, reset), said('processing'), ...inARow(5, reset), completed])
  expect(await (await create()).wait(everySecond)).toMatchObject({ status: 'completed' })
})

test('maxPollFailures: 0 tolerates none, Infinity any number', async () => {
  const { create } = service([reset, completed])
  const task = await create()
  expect(await rejection(task.wait({ ...everySecond, maxPollFailures: 0 }))).toMatchObject({ polls: 1 })
  const patient = service([...inARow(30, reset), completed])
  expect(await (await patient.create()).wait({ ...everySecond, maxPollFailures: Infinity })).toMatchObject({
    status: 'completed',
  })
})

test('a failed poll of a wait is not retried within', async () => {
  const { create, polledAt } = service([refused(503), completed], { maxRetries: 5 })
  await (await create()).wait()
  expect(polledAt).toEqual([5_000, 20_000])
})

test('a 404 in the first ten seconds after the create is waited out, and is not a failure', async () => {
  const { create, polledAt } = service([...inARow(9, refused(404)), completed])
  await (await create()).wait({ ...everySecond, maxPollFailures: 0 })
  expect(polledAt).toHaveLength(10)
})

test('a 404 ten seconds after the create ends the wait', async () => {
  const { create } = service([refused(404)])
  const task = await create()
  const error = await rejection(task.wait(everySecond))
  expect(error).toMatchObject({ name: 'NotFoundError', status: 404, task, elapsedMs: 10_000, polls: 10 })
})

test('a handle made from a bare id has no grace: its first 404 ends the wait', async () => {
  const { runapi, polledAt } = service([refused(404), completed])
  const task = runapi.task('luma.modifyVideo', 'tsk_abc123')
  expect(await rejection(task.wait())).toMatchObject({ status: 404, task, polls: 1 })
  expect(polledAt).toEqual([0])
})

test('a revived handle has the grace only while its task is young', async () => {
  const { create, runapi, clock } = service([refused(404)])
  const ref = (await create()).toJSON()
  await clock.sleep(11_000)
  expect(await rejection(runapi.task(ref).wait())).toMatchObject({ status: 404, polls: 1 })
})

test('a timeout says how long, keeps the last failure, and the task can be waited for again', async () => {
  const { create } = service([said('processing'), reset, completed])
  const task = await create()
  const error = await rejection(task.wait({ ...everySecond, timeoutMs: 2_100 }))
  expect(error).toMatchObject({
    code: 'wait_timeout',
    timeoutMs: 2_100,
    elapsedMs: 2_100,
    polls: 2,
    task,
    lastState: { status: 'processing' },
    cause: { code: 'connection' },
    idempotencyKey: task.idempotencyKey,
  })
  expect(await ((error as RunApiError).task as Task).wait(everySecond)).toMatchObject({ status: 'completed' })
})

test('a handle that saw no state itself carries the one that its loop saw', async () => {
  const { create, runapi, clock } = service([said('processing'), stall])
  const ref = (await create()).toJSON()
  const other = rejection(runapi.task(ref).wait({ ...everySecond, timeoutMs: 10_000 }))
  await clock.sleep(1_500)
  const error = await rejection(runapi.task(ref).wait({ timeoutMs: 2_000 }))
  expect(error).toMatchObject({ code: 'wait_timeout', lastState: { status: 'processing' }, polls: 1 })
  expect(await other).toMatchObject({ code: 'wait_timeout', polls: 2 })
})

test('a deadline shorter than an attempt ends the request in flight, at the deadline exactly', async () => {
  let lost: AbortSignal | undefined
  const { create } = service([
    (signal) => {
      lost = signal
      return stall(signal)
    },
  ])
  const task = await create()
  expect(await rejection(task.wait({ ...everySecond, timeoutMs: 5_000 }))).toMatchObject({
    code: 'wait_timeout',
    elapsedMs: 5_000,
    polls: 1,
  })
  expect(lost?.aborted).toBe(true)
})

test('a deadline shorter than the first delay still takes one last look', async () => {
  const { create, polledAt } = service([completed])
  expect(await (await create()).wait({ timeoutMs: 1_000 })).toMatchObject({ status: 'completed' })
  expect(polledAt).toEqual([900])
})

test('a key that can no longer be had ends the wait with an error that carries the task', async () => {
  let key = 'test-key'
  const { create } = service([said('processing'), completed], {
    apiKey: () => {
      if (key === '') throw new Error('no key any more')
      return key
    },
  })
  const task = await create()
  key = ''
  expect(await rejection(task.wait(everySecond))).toMatchObject({ code: 'configuration', task, polls: 1 })
})

test('a schedule of the caller that fails is a ConfigurationError that carries the task', async () => {
  const fault = new Error('mine')
  const { create } = service([said('processing'), completed])
  const task = await create()
  expect(await rejection(task.wait({ schedule: () => Number.NaN }))).toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(/^schedule: .*NaN/),
    task,
    polls: 0,
  })
  const thrower = (): number => {
    throw fault
  }
  expect(await rejection(task.wait({ schedule: thrower }))).toMatchObject({ cause: fault, task })
})

const page =
  (status: number, body = '<!doctype html><title>Just a moment…</title>'): Step =>
  () =>
    new Response(body, { status, headers: { 'content-type': 'text/html' } })

test.each([
  ['a 401 with a page', page(401)],
  ['a 403 with a page', page(403)],
  ['a 404 with a page', page(404)],
  ['a 407 in plain words', page(407, 'proxy authentication required')],
  ['a 302 with a page', page(302)],
  ['a 200 with a page', page(200)],
  ['a 200 without a body', text('')],
  ['a 204', () => new Response(null, { status: 204 })],
  [
    'an answer about another task',
    json({ id: 'tsk_other', status: 'completed', videos: [{ url: 'https://example.com/b.mp4' }] }),
  ],
])('%s does not come from the service: one failed poll, and the wait goes on', async (_name, step) => {
  const { create, polledAt } = service([...inARow(5, step), completed])
  expect(await (await create()).wait(everySecond)).toMatchObject({ status: 'completed' })
  expect(polledAt).toHaveLength(6)
})

test('pages that keep coming are reported as what they are', async () => {
  const { create } = service([said('processing'), page(403)])
  const error = await rejection((await create()).wait(everySecond))
  expect(error).toMatchObject({
    code: 'poll_failed',
    message: expect.stringMatching(/bot check/),
    cause: { status: 403 },
    pollCounts: { processing: 1, '403': 6 },
  })
})

test('completed without a video is, after the same patience, an error of its own that is not retryable', async () => {
  const { create } = service([said('processing'), json({ status: 'completed', videos: [] })])
  const task = await create()
  expect(await rejection(task.wait(everySecond))).toMatchObject({
    name: 'ResultMissingError',
    code: 'result_missing',
    retryable: false,
    task,
    polls: 7,
    cause: { code: 'malformed_response' },
    idempotencyKey: task.idempotencyKey,
  })
})

test.each(['', '{}'])('a 202 with the body "%s" means not yet', async (body) => {
  const { create } = service([() => new Response(body, { status: 202 }), completed])
  const seen: string[] = []
  const onUpdate = ({ status }: { status: string }): void => void seen.push(status)
  await (await create()).wait({ ...everySecond, maxPollFailures: 0, onUpdate })
  expect(seen).toEqual(['pending', 'completed'])
})

test.each([{ id: 'tsk_abc123' }, { id: 7, task_id: 'tsk_abc123' }, { data: { id: 'tsk_abc123' } }, {}])(
  'the answer %j is about the task tsk_abc123',
  async (named) => {
    const { create } = service([json({ ...named, status: 'processing' })])
    expect(await (await create()).poll()).toMatchObject({ status: 'processing' })
  },
)

test('a timeout says how many polls brought what', async () => {
  const { create } = service([said('processing'), refused(503), said('processing')])
  expect(await rejection((await create()).wait({ ...everySecond, timeoutMs: 3_500 }))).toMatchObject({
    code: 'wait_timeout',
    pollCounts: { processing: 3, '503': 1 },
    message: expect.stringContaining('4 polls: 1 × 503, 3 × processing'),
  })
})
