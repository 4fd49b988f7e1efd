import { RunApiClient } from 'runapi-video'
import { expect, test } from 'vitest'
import { pendingTimers } from '../task/pending-timers'
import { completed, lumaBody, rejection, said, service, stall } from '../task/service'

test('waits that are pending reject with the task', async () => {
  const { create, runapi, clock, polledAt } = service([said('processing')])
  const task = await create()
  const wait = rejection(task.wait())
  const states = task.updates()[Symbol.asyncIterator]()
  await states.next()
  const next = rejection(states.next())
  await runapi.close()
  const polls = polledAt.length
  const expected = { name: 'ClientClosedError', task, lastState: { status: 'processing' }, polls: 1 }
  expect(await wait).toMatchObject({ ...expected, elapsedMs: 5_000, idempotencyKey: task.idempotencyKey })
  expect(await next).toMatchObject(expected)
  await clock.sleep(60_000)
  expect(polledAt).toHaveLength(polls)
})

test('a wait and a poll whose requests are in flight reject with the task', async () => {
  const { create, runapi, clock } = service([stall])
  const task = await create()
  const [wait, poll] = [rejection(task.wait()), rejection(task.poll())]
  await clock.sleep(6_000)
  await runapi.close()
  expect(await wait).toMatchObject({ code: 'client_closed', task, polls: 1 })
  expect(await poll).toMatchObject({ code: 'client_closed', task })
})

test('a create that is pending rejects with its key', async () => {
  const { runapi, create, clock } = service([], { create: stall })
  const promise = create()
  const wait = rejection(promise.wait())
  await clock.sleep(1_000)
  await runapi.close()
  expect(await rejection(promise)).toMatchObject({
    code: 'client_closed',
    idempotencyKey: promise.idempotencyKey,
  })
  expect(await wait).toMatchObject({ code: 'client_closed', idempotencyKey: promise.idempotencyKey })
})

test('later calls refuse and send nothing', async () => {
  const { runapi, create, urls } = service([completed])
  const task = await create()
  await runapi.close()
  await runapi.close()
  urls.length = 0
  expect(await rejection(runapi.luma.modifyVideo(lumaBody))).toMatchObject({ code: 'client_closed' })
  expect(await rejection(task.wait())).toMatchObject({ code: 'client_closed', task, polls: 0 })
  expect(await rejection(task.poll())).toMatchObject({ code: 'client_closed', task, polls: 0 })
  expect(await rejection(runapi.task(task).wait())).toMatchObject({ code: 'client_closed' })
  expect(urls).toEqual([])
})

test('a result that is known stays known', async () => {
  const { runapi, create } = service([completed])
  const task = await create()
  await task.wait()
  await runapi.close()
  expect(await task.wait()).toMatchObject({ status: 'completed' })
})

test("no timer of the system's clock is left", async () => {
  const timers = pendingTimers()
  const answer = () => new Response(JSON.stringify({ task_id: 'a' }))
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch: async () => answer() })
  const task = await runapi.luma.modifyVideo(lumaBody)
  const waits = [
    rejection(task.wait()),
    rejection(runapi.task(task).wait()),
    rejection(task.wait({ timeoutMs: Infinity })),
  ]
  await new Promise((resolve) => setImmediate(resolve))
  expect(timers.size).toBe(1)
  await runapi.close()
  await Promise.all(waits)
  expect(timers.size).toBe(0)
})

test('closing one client leaves another alone', async () => {
  const one = service([completed])
  const other = service([completed])
  const wait = (await other.create()).wait()
  await one.runapi.close()
  expect(await wait).toMatchObject({ status: 'completed' })
})

test.runIf(Symbol.asyncDispose)('asyncDispose closes the client where the runtime has it', async () => {
  const { runapi, create } = service([completed])
  const dispose = (runapi as unknown as Record<symbol, () => Promise<void>>)[Symbol.asyncDispose]
  await dispose?.call(runapi)
  expect(await rejection(create())).toMatchObject({ code: 'client_closed' })
})
