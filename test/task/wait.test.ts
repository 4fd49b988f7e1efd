import { schedules, type TaskState } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { completed, failed, json, rejection, reset, said, service, VIDEO } from './service'

const everySecond = schedules.fixed(1_000)

test('a wait gives the completed state with its videos', async () => {
  const { create, polledAt } = service([said('pending'), said('processing'), completed])
  const task = await create()
  const state = await task.wait()
  expect(state).toMatchObject({ status: 'completed', videos: [{ url: VIDEO }] })
  expect(task.state).toBe(state)
  expect(polledAt).toEqual([5_000, 20_000, 24_400])
})

test('a failed generation rejects with what the service says about it', async () => {
  const { create } = service([
    said('pending'),
    json({ status: 'failed', error: { code: 'nsfw', message: 'No' } }),
  ])
  const task = await create()
  expect(await rejection(task.wait())).toMatchObject({
    code: 'task_failed',
    failure: { code: 'nsfw', message: 'No' },
    serviceCode: 'nsfw',
    lastState: { status: 'failed' },
    task,
    polls: 2,
  })
})

test('waits of one task, also through a revived handle, poll once for all', async () => {
  const { create, runapi, polledAt } = service([said('processing'), completed])
  const task = await create()
  const revived = runapi.task(task)
  await Promise.all([task.wait(), task.wait(), revived.wait()])
  expect(polledAt).toHaveLength(2)
  expect(revived.state).toMatchObject({ status: 'completed' })
})

test('a task that is known to be done needs no request and no time', async () => {
  const { create, clock, polledAt } = service([completed])
  const task = await create()
  const first = await task.wait()
  const at = clock.monotonic()
  const seen: TaskState[] = []
  expect(await task.wait({ onUpdate: (state) => seen.push(state) })).toBe(first)
  expect(await task.poll()).toBe(first)
  expect(seen).toEqual([first])
  expect(polledAt).toHaveLength(1)
  expect(clock.monotonic()).toBe(at)
})

test('a task that is known to have failed rejects again without a request', async () => {
  const { create, polledAt } = service([failed, completed])
  const task = await create()
  await rejection(task.wait())
  expect(await rejection(task.wait())).toMatchObject({ code: 'task_failed', polls: 0, task })
  expect(polledAt).toHaveLength(1)
})

test('a create whose answer is already the end needs no poll', async () => {
  const { runapi, polledAt } = service([], {
    create: json({ id: 'a', status: 'completed', videos: [{ url: VIDEO }] }),
  })
  const { videos } = await runapi.hailuo
    .textToVideo({ model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' })
    .wait()
  expect(videos[0].url).toBe(VIDEO)
  expect(polledAt).toEqual([])
})

test('a poll that sees the end ends the waits without another request', async () => {
  const { create, clock, polledAt } = service([completed])
  const task = await create()
  const wait = task.wait()
  await clock.sleep(1_000)
  await task.poll()
  expect(await wait).toMatchObject({ status: 'completed' })
  expect(polledAt).toEqual([1_000])
})

test('an old answer that arrives after the end does not undo it', async () => {
  const { create, clock } = service([
    async (signal) => {
      await clock.sleep(3_000, signal)
      return said('processing')(signal)
    },
    completed,
  ])
  const task = await create()
  const slow = task.poll()
  await clock.sleep(1_000)
  await task.poll()
  expect(await slow).toMatchObject({ status: 'completed' })
  expect(task.state).toMatchObject({ status: 'completed' })
})

test('an unknown status word is still going, and is warned about once', async () => {
  const { create, logged } = service([said('upscaling'), said('upscaling'), said('Upscaling '), completed])
  const seen: string[] = []
  const task = await create()
  await Promise.all([
    task.wait({
      schedule: everySecond,
      onUpdate: (state) => seen.push(`${state.status} ${state.rawStatus}`),
    }),
    task.wait({ schedule: everySecond }),
  ])
  expect(seen[0]).toBe('processing upscaling')
  const warnings = logged.filter(([, fields]) => (fields as { status?: string })?.status === 'upscaling')
  expect(warnings).toHaveLength(1)
})

test('a state that goes back is reported, and the wait goes on', async () => {
  const { create } = service([said('processing'), said('pending'), completed])
  const seen: string[] = []
  const task = await create()
  await task.wait({ onUpdate: ({ status }) => seen.push(status) })
  expect(seen).toEqual(['processing', 'pending', 'completed'])
})

test('onUpdate receives changed states only', async () => {
  const { create } = service([
    said('pending'),
    said('pending'),
    reset,
    said('processing'),
    said('processing'),
    completed,
  ])
  const seen: string[] = []
  const task = await create()
  await task.wait({ onUpdate: ({ status }) => seen.push(status) })
  expect(seen).toEqual(['pending', 'processing', 'completed'])
})

test.each([
  [
    'throws',
    () => {
      throw new Error('mine')
    },
  ],
  ['rejects', () => Promise.reject(new Error('mine'))],
])('an onUpdate that %s is logged and does not end the wait', async (_name, onUpdate) => {
  const { create, logged } = service([said('processing'), completed])
  const task = await create()
  expect(await task.wait({ onUpdate: onUpdate as () => void })).toMatchObject({ status: 'completed' })
  expect(logged.filter(([line]) => String(line).includes('onUpdate'))).toHaveLength(2)
})

test('an onUpdate can wait for the task itself', async () => {
  const { create, polledAt } = service([said('processing'), completed])
  const task = await create()
  const inner: Promise<unknown>[] = []
  await task.wait({ onUpdate: () => void inner.push(task.wait()) })
  expect(await Promise.all(inner)).toMatchObject([{ status: 'completed' }, { status: 'completed' }])
  expect(polledAt).toHaveLength(2)
})

test('a revived task goes on at its age', async () => {
  const { create, clock, runapi, polledAt } = service([completed])
  const stored = JSON.stringify(await create())
  await clock.sleep(600_000)
  await runapi.task(stored).wait()
  expect(polledAt).toEqual([600_000])
})

test('a task of unknown age is polled at once, and then without a silence', async () => {
  const { runapi, polledAt } = service([said('processing'), said('processing'), completed])
  await runapi.task('hailuo.textToVideo', 'tsk_abc123').wait()
  expect(polledAt).toEqual([0, 5_000, 10_000])
})

test('a revived task whose create lies in the future has age 0', async () => {
  const { runapi, clock, polledAt } = service([completed])
  const createdAt = new Date(clock.now() + 3_600_000).toISOString()
  await runapi.task({ v: 1, endpoint: 'luma.modifyVideo', id: 'tsk_abc123', createdAt }).wait()
  expect(polledAt).toEqual([5_000])
})

test('a jump of the date does not move a deadline', async () => {
  const { clock } = createEmulator()
  let jumpMs = 0
  const jumping = { ...clock, now: () => clock.now() + jumpMs }
  const { create } = service([said('processing')], { clock: jumping })
  const task = await create()
  const wait = rejection(task.wait({ timeoutMs: 60_000 }))
  jumpMs = 86_400_000
  expect(await wait).toMatchObject({ code: 'wait_timeout', elapsedMs: 60_000 })
})

test('a wait event tells how each wait ended', async () => {
  const ends: unknown[] = []
  const { create } = service([said('processing'), completed], {
    onEvent: (event) => {
      if (event.type === 'wait') ends.push([event.outcome, event.polls, event.elapsedMs])
    },
  })
  const task = await create()
  await Promise.allSettled([task.wait({ timeoutMs: 1_000 }), task.wait()])
  expect(ends).toEqual([
    ['wait_timeout', 1, 1_000],
    ['completed', 2, 20_000],
  ])
})

test('many waits end together, each with its own video', async () => {
  const { fetch, clock } = createEmulator()
  const { runapi } = service([], { fetch, clock })
  const body = { model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' } as const
  const states = await Promise.all(Array.from({ length: 50 }, () => runapi.hailuo.textToVideo(body).wait()))
  expect(new Set(states.map(({ videos }) => videos[0].url)).size).toBe(50)
})
