import { schedules } from 'runapi-video'
import { expect, test } from 'vitest'
import { completed, rejection, service } from './service'

const refusedOptions: [name: string, value: unknown][] = [
  ...[0, -1, Number.NaN, -Infinity, '5000', true, {}].map(
    (value) => ['timeoutMs', value] as [string, unknown],
  ),
  ...[-1, 1.5, Number.NaN, '3', false].map((value) => ['maxPollFailures', value] as [string, unknown]),
  ...[0, '', false, null, 1_000, 'typical', {}].map((value) => ['schedule', value] as [string, unknown]),
  ...[0, '', null, 'abort', {}, new AbortController()].map((value) => ['signal', value] as [string, unknown]),
  ...[0, '', null, {}, 'log'].map((value) => ['onUpdate', value] as [string, unknown]),
]

test.each(refusedOptions)('%s: %j is refused by wait(), with the name and the task', async (name, value) => {
  const { create, polledAt } = service([completed])
  const task = await create()
  const error = await rejection(task.wait({ [name]: value }))
  expect(error).toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(new RegExp(`^${name}: must be `)),
    task,
    idempotencyKey: task.idempotencyKey,
    elapsedMs: 0,
    polls: 0,
  })
  expect(polledAt).toEqual([])
})

test.each([
  ['timeoutMs', 0],
  ['timeoutMs', Infinity],
  ['maxRetries', -1],
  ['maxRetries', Infinity],
  ['signal', 'abort'],
  ['headers', 'a: b'],
])('%s: %j is refused by poll(), with the name and the task', async (name, value) => {
  const { create, polledAt } = service([completed])
  const task = await create()
  expect(await rejection(task.poll({ [name]: value }))).toMatchObject({
    code: 'configuration',
    message: expect.stringContaining(name),
    task,
  })
  expect(polledAt).toEqual([])
})

test.each([null, 5, 'fast', [], true])('options of %j are refused', async (options) => {
  const { create } = service([completed])
  const task = await create()
  expect(await rejection(task.wait(options as never))).toMatchObject({ code: 'configuration', task })
  expect(await rejection(task.poll(options as never))).toMatchObject({ code: 'configuration', task })
})

test('a wait that was called on the create refuses its options with the task that was bought', async () => {
  const { create } = service([completed])
  for (const options of [{ timeoutMs: 0 }, { signal: 'abort' as never }, 5 as never])
    expect(await rejection(create().wait(options))).toMatchObject({
      code: 'configuration',
      task: { id: 'tsk_abc123' },
    })
})

test('undefined options count as left out', async () => {
  const { create } = service([completed])
  const none = { timeoutMs: undefined, signal: undefined, onUpdate: undefined, schedule: undefined }
  expect(await (await create()).wait({ ...none, maxPollFailures: undefined })).toMatchObject({
    status: 'completed',
  })
})

test('inherited options are not options', async () => {
  const { create, polledAt } = service([completed])
  const options = Object.create({ timeoutMs: 0, schedule: schedules.fixed(1) })
  await (await create()).wait(options)
  expect(polledAt).toEqual([5_000])
})

test('a wait without end is allowed', async () => {
  const { create } = service([completed])
  expect(await (await create()).wait({ timeoutMs: Infinity })).toMatchObject({ status: 'completed' })
})
