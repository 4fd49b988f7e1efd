// Waits for many tasks at once on the real clock: the longest stall of the event loop, the memory, and how late each
// end was known.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { RunApiClient, schedules } from 'runapi-video'
import { importPeer } from '../peers.mjs'

const [name = '', url = '', count = '10000'] = process.argv.slice(2)
const EVERY_MS = 4_000
const SHORTEST_MS = 5_000
const LONGEST_MS = 20_000

const idOf = (/** @type {number} */ i) =>
  `task-${i}-${SHORTEST_MS + Math.round(((LONGEST_MS - SHORTEST_MS) * i) / Number(count))}`
const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Each waits for one task and gives the last answer.
 * @type {Record<string, () => Promise<(id: string) => Promise<any>>>}
 */
const waiters = {
  'runapi-video': async () => {
    const runapi = new RunApiClient({ apiKey: 'key', baseUrl: url })
    const schedule = schedules.exponential({ initialMs: EVERY_MS, factor: 1, maxMs: EVERY_MS })
    const createdAt = new Date().toISOString()
    return async (id) =>
      (await runapi.task({ v: 1, endpoint: 'luma.modifyVideo', id, createdAt }).wait({ schedule })).raw
  },
  'loop over fetch': async () => async (id) => {
    for (;;) {
      await pause(EVERY_MS)
      const response = await fetch(`${url}/api/v1/luma/modify_video/${id}`, {
        headers: { authorization: 'Bearer key' },
      })
      const state = /** @type {any} */ (await response.json())
      if (state.status === 'completed') return state
    }
  },
  'replicate.wait': async () => {
    const { default: Replicate } = await importPeer('replicate')
    const client = new Replicate({ auth: 'key', baseUrl: url })
    const isOver = async (/** @type {any} */ { status }) => status === 'completed'
    return (id) => client.wait({ id, status: 'processing' }, { interval: EVERY_MS }, isOver)
  },
}

const wait = await waiters[name]?.()
if (!wait) throw new Error(`no waiter ${name}`)
const delays = /** @type {number[]} */ ([])
const stalls = monitorEventLoopDelay({ resolution: 5 })
let failed = 0
let mostMemory = 0
const memory = setInterval(() => (mostMemory = Math.max(mostMemory, process.memoryUsage.rss())), 100)
const cpu = process.cpuUsage()
await pause(200)
const startedAt = performance.now()
const ends = Array.from({ length: Number(count) }, async (_, i) => {
  try {
    const { readyAt } = await wait(idOf(i))
    delays.push(Date.now() - readyAt)
  } catch {
    failed++
  }
})
const startSeconds = (performance.now() - startedAt) / 1_000
await pause(20)
stalls.enable()
await Promise.all(ends)
stalls.disable()
clearInterval(memory)
delays.sort((a, b) => a - b)
const { user, system } = process.cpuUsage(cpu)
process.send?.(
  {
    startSeconds,
    stallSeconds: stalls.max / 1e9,
    memoryMiB: Math.max(mostMemory, process.memoryUsage.rss()) / 2 ** 20,
    cpuSeconds: (user + system) / 1e6,
    medianDelay: Number(delays[Math.floor(delays.length / 2)]) / 1_000,
    p99Delay: Number(delays[Math.floor(delays.length * 0.99)]) / 1_000,
    failed,
  },
  () => process.exit(),
)
