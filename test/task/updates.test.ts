import { getEventListeners } from 'node:events'
import { schedules } from 'runapi-video'
import { expect, test } from 'vitest'
import { completed, failed, refused, rejection, reset, said, service } from './service'

const everySecond = { schedule: schedules.fixed(1_000) }

test('each changed state is one item, up to the completed one', async () => {
  const { create, polledAt } = service([
    said('pending'),
    said('pending'),
    reset,
    said('processing'),
    said('processing'),
    completed,
  ])
  const seen: string[] = []
  for await (const { status } of (await create()).updates(everySecond)) seen.push(status)
  expect(seen).toEqual(['pending', 'processing', 'completed'])
  expect(polledAt).toHaveLength(6)
})

test('a failed generation is the last item, and no exception', async () => {
  const { create } = service([said('processing'), failed])
  const seen: string[] = []
  for await (const { status } of (await create()).updates()) seen.push(status)
  expect(seen).toEqual(['processing', 'failed'])
})

test('a task that is known to be done is one item and no request', async () => {
  const { create, polledAt } = service([completed])
  const task = await create()
  await task.wait()
  const seen: string[] = []
  for await (const { status } of task.updates()) seen.push(status)
  expect(seen).toEqual(['completed'])
  expect(polledAt).toHaveLength(1)
})

test('polling begins with the first item that is asked for', async () => {
  const { create, clock, polledAt } = service([completed])
  const states = (await create()).updates()
  await clock.sleep(60_000)
  expect(polledAt).toEqual([])
  for await (const { status } of states) expect(status).toBe('completed')
})

test('leaving the loop stops the polling', async () => {
  const { create, clock, polledAt } = service([said('pending'), said('processing')])
  const { signal } = new AbortController()
  const task = await create()
  for await (const { status } of task.updates({ ...everySecond, signal })) if (status === 'processing') break
  await clock.sleep(60_000)
  expect(polledAt).toEqual([1_000, 2_000])
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('an exception in the loop stops the polling', async () => {
  const { create, clock, polledAt } = service([said('processing')])
  const task = await create()
  const loop = async (): Promise<void> => {
    for await (const { status } of task.updates(everySecond)) throw new Error(status)
  }
  expect(await rejection(loop())).toMatchObject({ message: 'processing' })
  await clock.sleep(60_000)
  expect(polledAt).toEqual([1_000])
})

test('leaving while the next item is awaited stops the polling at once', async () => {
  const { create, clock, polledAt } = service([said('processing')])
  const states = (await create()).updates(everySecond)[Symbol.asyncIterator]()
  expect(await states.next()).toMatchObject({ value: { status: 'processing' } })
  const next = states.next()
  await clock.sleep(3_500)
  expect(await states.return?.()).toEqual({ done: true, value: undefined })
  expect(await next).toEqual({ done: true, value: undefined })
  await clock.sleep(60_000)
  expect(polledAt).toEqual([1_000, 2_000, 3_000, 4_000])
})

test('leaving before the first item sends nothing', async () => {
  const { create, clock, polledAt } = service([said('processing')])
  const states = (await create()).updates(everySecond)[Symbol.asyncIterator]()
  await states.return?.()
  expect(await states.next()).toEqual({ done: true, value: undefined })
  await clock.sleep(60_000)
  expect(polledAt).toEqual([])
})

test('a timeout, a refusal and too many failures throw as in wait()', async () => {
  const endOf = async (script: Parameters<typeof service>[0]): Promise<unknown> => {
    const task = await service(script).create()
    const loop = async (): Promise<void> => {
      for await (const { status } of task.updates({ ...everySecond, timeoutMs: 20_000 }))
        expect(status).toBe('processing')
    }
    return rejection(loop())
  }
  expect(await endOf([said('processing')])).toMatchObject({ code: 'wait_timeout', elapsedMs: 20_000 })
  expect(await endOf([said('processing'), refused(401)])).toMatchObject({ code: 'authentication', polls: 2 })
  expect(await endOf([said('processing'), reset])).toMatchObject({ code: 'poll_failed', polls: 7 })
})

test('an abort throws the reason itself', async () => {
  const { create, clock } = service([said('processing')])
  const controller = new AbortController()
  const states = (await create()).updates({ signal: controller.signal })[Symbol.asyncIterator]()
  const next = rejection(states.next())
  await clock.sleep(1_000)
  controller.abort('enough')
  expect(await next).toBe('enough')
})

test('a slow loop misses no changed state', async () => {
  const { create, clock } = service([said('pending'), said('processing'), completed])
  const seen: string[] = []
  for await (const { status } of (await create()).updates(everySecond)) {
    seen.push(status)
    await clock.sleep(10_000)
  }
  expect(seen).toEqual(['pending', 'processing', 'completed'])
})

test('updates() refuses onUpdate and wrong values with the first item, and carries the task', async () => {
  const { create } = service([completed])
  const task = await create()
  for (const options of [{ onUpdate: () => {} }, { timeoutMs: 0 }, null]) {
    const states = task.updates(options as never)[Symbol.asyncIterator]()
    expect(await rejection(states.next())).toMatchObject({ code: 'configuration', task })
  }
})
