// Heap per parked wait; needs --expose-gc.
import { RunApiClient, schedules } from 'runapi-video'

const [url = '', count = '10000'] = process.argv.slice(2)
const COUNT = Number(count)
const NEVER_MS = 3_600_000

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms))
const heap = async () => {
  for (let i = 0; i < 4; i++) {
    await pause(50)
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}
const createdAt = new Date().toISOString()
const revive = (/** @type {string} */ id) =>
  runapi.task({ v: 1, endpoint: 'luma.modifyVideo', id, createdAt })
const noEnd = () => {}

const runapi = new RunApiClient({ apiKey: 'key', baseUrl: url })
// What the first request and the first wait load is no part of a wait.
await Promise.all(
  Array.from({ length: 100 }, (_, i) => revive(`task-warm-${i}-0`).wait({ schedule: schedules.fixed(1) })),
)

const once = (/** @type {{ attempt: number }} */ { attempt }) => (attempt === 0 ? 3_000 : NEVER_MS)

/** Waits on each, and gives the heap before their first polls and after them. */
const park = async (/** @type {import('runapi-video').Task[]} */ tasks) => {
  const before = tasks.map(({ state }) => state)
  for (const task of tasks) task.wait({ schedule: once, timeoutMs: NEVER_MS }).catch(noEnd)
  const parked = await heap()
  while (tasks.some(({ state }, i) => state === before[i])) await pause(100)
  before.length = 0
  // The last polls are still under way.
  await pause(1_000)
  return { parked, polled: await heap() }
}

const atStart = await heap()
const tasks = Array.from({ length: COUNT }, (_, i) => revive(`task-${i}-x`))
const withHandles = await heap()
const { parked, polled } = await park(tasks)

const ofCreated = /** @type {import('runapi-video').Task[]} */ ([])
for (let i = 0; i < COUNT; i += 50) {
  const some = Array.from({ length: 50 }, (_, j) =>
    runapi.luma.modifyVideo({
      prompt: `Fog over the scene, take ${i + j}`,
      source_video_url: 'https://example.com/a.mp4',
    }),
  )
  ofCreated.push(...(await Promise.all(some)))
}
const { polled: created } = await park(ofCreated)

process.send?.(
  {
    handle: (withHandles - atStart) / COUNT,
    wait: (parked - withHandles) / COUNT,
    both: (polled - atStart) / COUNT,
    created: (created - polled) / COUNT,
  },
  () => process.exit(),
)
