import { schedules } from 'runapi-video'
import { expect, test } from 'vitest'
import { completed, refused, rejection, said, service, stall } from './service'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Whether a promise rejects with this reason by the next turn of the event loop. */
const endsAtOnce = async (promise: Promise<unknown>, reason: unknown): Promise<void> => {
  let seen: { reason: unknown } | undefined
  promise.catch((error: unknown) => {
    seen = { reason: error }
  })
  await nextTurn()
  expect(seen).toBeDefined()
  expect(seen?.reason).toBe(reason)
}

const reason = new Error('the visitor left')

test('an abort while the create is under way ends it', async () => {
  const { runapi, clock } = service([completed], { create: stall })
  const controller = new AbortController()
  const body = { model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' } as const
  const create = runapi.hailuo.textToVideo(body, { signal: controller.signal })
  create.catch(() => {})
  await clock.sleep(1_000)
  controller.abort(reason)
  await endsAtOnce(create, reason)
})

test('an abort of a wait while the create is under way ends the wait, and the create goes on', async () => {
  const held = service([completed], {
    create: async (signal) => {
      await held.clock.sleep(2_000, signal)
      return new Response(JSON.stringify({ task_id: 'tsk_abc123', status: 'pending' }))
    },
  })
  const controller = new AbortController()
  const create = held.create()
  const wait = create.wait({ signal: controller.signal })
  wait.catch(() => {})
  await held.clock.sleep(1_000)
  controller.abort(reason)
  await endsAtOnce(wait, reason)
  expect((await create).id).toBe('tsk_abc123')
})

test('an abort in the first sleep ends the wait', async () => {
  const { create, clock, polledAt } = service([completed])
  const controller = new AbortController()
  const task = await create()
  const wait = task.wait({ signal: controller.signal })
  wait.catch(() => {})
  await clock.sleep(1_000)
  controller.abort(reason)
  await endsAtOnce(wait, reason)
  await clock.sleep(60_000)
  expect(polledAt).toEqual([])
})

test('an abort between two polls ends the wait', async () => {
  const { create, clock, polledAt } = service([said('processing')])
  const controller = new AbortController()
  const task = await create()
  const wait = task.wait({ signal: controller.signal })
  wait.catch(() => {})
  await clock.sleep(10_000)
  controller.abort(reason)
  await endsAtOnce(wait, reason)
  await clock.sleep(60_000)
  expect(polledAt).toEqual([5_000])
})

test('an abort with the request in flight ends the wait and the request', async () => {
  let lost: AbortSignal | undefined
  const { create, clock } = service([
    (signal) => {
      lost = signal
      return stall(signal)
    },
  ])
  const controller = new AbortController()
  const task = await create()
  const wait = task.wait({ signal: controller.signal })
  wait.catch(() => {})
  await clock.sleep(6_000)
  controller.abort(reason)
  await endsAtOnce(wait, reason)
  expect(lost?.aborted).toBe(true)
})

test('an abort of a transport that ignores its signal still ends the wait', async () => {
  const { create, clock } = service([() => new Promise<Response>(() => {})])
  const controller = new AbortController()
  const task = await create()
  const wait = task.wait({ signal: controller.signal })
  wait.catch(() => {})
  await clock.sleep(6_000)
  controller.abort(reason)
  await endsAtOnce(wait, reason)
})

test('an abort in the queue for a place ends the wait, and its poll is never sent', async () => {
  const { runapi, create, clock, polledAt } = service([stall], { maxConcurrentPolls: 1 })
  const ref = (await create()).toJSON()
  const first = runapi.task({ ...ref, id: 'first' }).wait()
  first.catch(() => {})
  const controller = new AbortController()
  const queued = runapi.task({ ...ref, id: 'queued' }).wait({ signal: controller.signal })
  queued.catch(() => {})
  await clock.sleep(10_000)
  controller.abort(reason)
  await endsAtOnce(queued, reason)
  expect(polledAt).toHaveLength(1)
  await runapi.close()
})

test('an abort while a rate limit holds the wait back ends it', async () => {
  const { create, clock } = service([refused(429, { 'retry-after': '60' })])
  const controller = new AbortController()
  const task = await create()
  const wait = task.wait({ signal: controller.signal })
  wait.catch(() => {})
  await clock.sleep(10_000)
  controller.abort(reason)
  await endsAtOnce(wait, reason)
})

test.each([
  ['text', 'enough'],
  ['null', null],
  ['0', 0],
  ['an error of ours', new TypeError('mine')],
])('the reason is passed on as it is: %s', async (_name, given) => {
  const { create, clock } = service([completed])
  const controller = new AbortController()
  const task = await create()
  const wait = rejection(task.wait({ signal: controller.signal }))
  const poll = rejection(task.poll({ signal: AbortSignal.abort(given) }))
  await clock.sleep(1_000)
  controller.abort(given)
  expect(await wait).toBe(given)
  expect(await poll).toBe(given)
})

test("an abort without a reason rejects with the runtime's AbortError", async () => {
  const { create, clock } = service([completed])
  const controller = new AbortController()
  const task = await create()
  const wait = rejection(task.wait({ signal: controller.signal }))
  await clock.sleep(1_000)
  controller.abort()
  expect(await wait).toBe(controller.signal.reason)
  expect(await wait).toMatchObject({ name: 'AbortError' })
})

test('an error of another call is passed on as it is when it is the reason', async () => {
  const { create, clock } = service([completed])
  const task = await create()
  const ours = await rejection(task.wait({ timeoutMs: 0 }))
  const controller = new AbortController()
  const wait = rejection(task.wait({ signal: controller.signal }))
  await clock.sleep(1_000)
  controller.abort(ours)
  expect(await wait).toBe(ours)
  expect(await rejection(task.poll({ signal: controller.signal }))).toBe(ours)
})

test('an aborted signal sends nothing', async () => {
  const { create, urls, runapi } = service([completed])
  const task = await create()
  const signal = AbortSignal.abort(reason)
  urls.length = 0
  expect(await rejection(task.wait({ signal }))).toBe(reason)
  expect(await rejection(task.poll({ signal }))).toBe(reason)
  expect(await rejection(task.updates({ signal })[Symbol.asyncIterator]().next())).toBe(reason)
  const body = { model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' } as const
  expect(await rejection(runapi.hailuo.textToVideo(body, { signal }))).toBe(reason)
  expect(urls).toEqual([])
})

test('an aborted signal rejects also where the task is known to be done', async () => {
  const { create } = service([completed])
  const task = await create()
  await task.wait()
  expect(await rejection(task.wait({ signal: AbortSignal.abort(reason) }))).toBe(reason)
})

test('an abort of one wait leaves the others of its task alone', async () => {
  const { create, clock, polledAt } = service([said('processing'), completed])
  const controller = new AbortController()
  const task = await create()
  const [first, second] = [task.wait({ signal: controller.signal }), task.wait()]
  first.catch(() => {})
  await clock.sleep(6_000)
  controller.abort(reason)
  await endsAtOnce(first, reason)
  expect(await second).toMatchObject({ status: 'completed' })
  expect(polledAt).toHaveLength(2)
})

test('an onUpdate can abort its own wait', async () => {
  const controller = new AbortController()
  const { create, polledAt } = service([said('processing')])
  const task = await create()
  const onUpdate = (): void => controller.abort(reason)
  const wait = task.wait({ signal: controller.signal, onUpdate, schedule: schedules.fixed(1_000) })
  expect(await rejection(wait)).toBe(reason)
  expect(polledAt).toEqual([1_000])
})
