// Keeps requests in flight for a while: how many were answered, and how much processor time they took.
import { contenders } from './contenders.mjs'

const [name = '', url = '', concurrency = '100'] = process.argv.slice(2)
const WARM_UP_MS = 2_000
const MEASURED_MS = 1_500

const once = await contenders[name]?.(url)
if (!once) throw new Error(`no contender ${name}`)
let answered = 0
let isOver = false
const keepAsking = async () => {
  while (!isOver) {
    await once()
    answered++
  }
}
const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms))

const loops = Array.from({ length: Number(concurrency) }, keepAsking)
await pause(WARM_UP_MS)
answered = 0
const before = process.cpuUsage()
const startedAt = performance.now()
await pause(MEASURED_MS)
const ms = performance.now() - startedAt
const { user, system } = process.cpuUsage(before)
const requests = answered
isOver = true
await Promise.all(loops)
process.send?.({ perSecond: (requests / ms) * 1_000, cpuMicros: (user + system) / requests }, () =>
  process.exit(),
)
