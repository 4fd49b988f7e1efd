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

const atStart = await heap()
const tasks = Array.from({ length: COUNT }, (_, i) => revive(`task-${i}-x`))
const withHandles = await heap()
const once = (/** @type {{ attempt: number }} */ { attempt }) => (attempt === 0 ? 3_000 : NEVER_MS)
for (const task of tasks) task.wait({ schedule: once, timeoutMs: NEVER_MS }).catch(noEnd)
const parked = await heap()
while (tasks.some(({ state }) => state === undefined)) await pause(100)
const polled = await heap()

process.send?.(
  {
    handle: (withHandles - atStart) / COUNT,
    wait: (parked - withHandles) / COUNT,
    both: (polled - atStart) / COUNT,
  },
  () => process.exit(),
)
