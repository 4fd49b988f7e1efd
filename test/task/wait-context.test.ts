import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { RunApiClient, schedules } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { completed, lumaBody, rejection, said, service } from './service'

const caller = new AsyncLocalStorage<string>()

test('what a caller gives to a wait runs in its own context, whoever else waits for the task', async () => {
  const { create, runapi } = service([said('pending'), said('processing'), completed])
  const task = await create()
  const seen: Record<string, Set<string | undefined>> = {
    first: new Set(),
    second: new Set(),
    third: new Set(),
  }
  const note = (name: string, delayMs = 0): number => {
    seen[name]?.add(caller.getStore())
    return delayMs
  }
  const waitAs = (name: string) =>
    caller.run(name, () => {
      const client = runapi.withOptions({ onEvent: ({ type }) => type === 'wait' && note(name) })
      return client.task(task).wait({
        onUpdate: () => note(name),
        schedule: ({ attempt }) => {
          note(name)
          return 1_000 + attempt
        },
      })
    })
  const updatesAs = (name: string) =>
    caller.run(name, async () => {
      for await (const _ of task.updates({ schedule: () => note(name, 900) })) note(name)
    })
  await Promise.all([waitAs('first'), waitAs('second'), updatesAs('third')])
  expect(seen).toEqual({
    first: new Set(['first']),
    second: new Set(['second']),
    third: new Set(['third']),
  })
})

test('a poll runs in the context of a caller that waits for it, also when a queue starts it', async () => {
  const seen: string[] = []
  const emulator = createEmulator({ takesMs: 5_000 })
  const { clock } = emulator
  const client = new RunApiClient({
    apiKey: () => {
      if (caller.getStore() !== undefined) seen.push(String(caller.getStore()))
      return 'test-key'
    },
    fetch: emulator.fetch,
    clock,
    logLevel: 'off',
  })
  const tasks = [await client.luma.modifyVideo(lumaBody), await client.luma.modifyVideo(lumaBody)]
  emulator.next({ faults: { create: [{ status: 429 }] } })
  await client.luma.modifyVideo(lumaBody)
  await Promise.all(tasks.map((task, i) => caller.run(`of ${i}`, () => task.wait())))
  expect(new Set(seen)).toEqual(new Set(['of 0', 'of 1']))
})

test.each(['schedule', 'onUpdate', 'onEvent'])(
  'an abort from inside %s ends the wait with its reason',
  async (name) => {
    const controller = new AbortController()
    const abort = () => controller.abort('from inside')
    const options = { onEvent: (event: { type: string }) => void (event.type === 'poll' && abort()) }
    const { create } = service([completed], name === 'onEvent' ? options : {})
    const wait = (await create()).wait({
      signal: controller.signal,
      ...(name === 'onUpdate' && { onUpdate: abort }),
      ...(name === 'schedule' && { schedule: () => abort() ?? 1_000 }),
    })
    expect(await rejection(wait)).toBe('from inside')
  },
)

test('closing the client from inside the schedule ends the wait', async () => {
  const { create, runapi } = service([completed])
  const schedule = () => {
    runapi.close()
    return 1_000
  }
  const wait = (await create()).wait({ schedule })
  expect(await rejection(wait)).toMatchObject({ code: 'client_closed' })
})

test("a wait's promise has the task, a create's wait the key and the task, also when an abort ends them", async () => {
  const { create } = service([said('processing')])
  const task = await create()
  const wait = task.wait({ signal: AbortSignal.abort('gone') })
  expect(wait).toBeInstanceOf(Promise)
  expect(wait.task).toBe(task)
  expect(await rejection(wait)).toBe('gone')
  const created = create()
  const both = created.wait({ signal: AbortSignal.abort('gone') })
  expect(both.idempotencyKey).toBe(created.idempotencyKey)
  expect(await rejection(both)).toBe('gone')
  expect(await both.task).toMatchObject({ id: task.id })
})

/** The system's time, which this program misses for a while, as when the machine sleeps or the process is stopped. */
const stopFor = (ms: number): void => {
  const until = performance.now() + ms
  while (performance.now() < until);
}

test.each(['wait', 'updates'])(
  'a deadline that passes while the program does not run leaves %s one poll more',
  async (name) => {
    let isDone = false
    const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> =>
      Response.json(
        init?.method === 'POST'
          ? { id: 'a' }
          : {
              id: 'a',
              status: isDone ? 'completed' : 'processing',
              videos: [{ url: 'https://example.com/a.mp4' }],
            },
      )
    const runapi = new RunApiClient({ apiKey: 'key', fetch: fetch as typeof globalThis.fetch })
    const task = await runapi.luma.modifyVideo(lumaBody)
    const options = { timeoutMs: 1_000, schedule: schedules.fixed(200) }
    const seen: string[] = []
    const last =
      name === 'wait'
        ? task.wait(options).then(({ status }) => status)
        : (async () => {
            for await (const { status } of task.updates(options)) seen.push(status)
            return seen.at(-1)
          })()
    await sleep(300)
    isDone = true
    stopFor(2_000)
    expect(await last).toBe('completed')
  },
)

test('a task that still goes on after such a stop times out after one poll', async () => {
  let polls = 0
  const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    if (init?.method !== 'POST') polls++
    return Response.json({ id: 'a', status: 'processing' })
  }
  const runapi = new RunApiClient({ apiKey: 'key', fetch: fetch as typeof globalThis.fetch })
  const task = await runapi.luma.modifyVideo(lumaBody)
  const wait = rejection(task.wait({ timeoutMs: 1_000, schedule: schedules.fixed(400) }))
  await sleep(500)
  const before = polls
  stopFor(2_000)
  expect(await wait).toMatchObject({ code: 'wait_timeout', polls: before + 1 })
})
