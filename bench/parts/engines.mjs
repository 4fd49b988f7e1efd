import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startChild } from '../../test/runtimes/child.mjs'
import { createConsumer, linkPackage, toolFolder } from '../../test/runtimes/consumer.mjs'
import { withPostgres, withRedis } from '../../test/runtimes/engines/servers.mjs'
import { NODE_WITH_TYPES, nodeBinary } from '../../test/runtimes/rows/node.mjs'
import { inRow } from '../server-row.mjs'

const require = createRequire(import.meta.url)
const load = (/** @type {string} */ name) => require(join(toolFolder('engines'), name))

const ORDERS = 200
const START_MS = 5_000
const API_KEY = 'key-of-the-bench'
const CLOCK_TICKS = 100

/** What one worker and its store do for the orders of an engine, from the create to the downloaded clip. */
export const engines = async () => {
  const consumer = createConsumer()
  const module = join(consumer.folder, 'node_modules/runapi-video/dist/testing/index.js')
  const { createEmulator } = await import(pathToFileURL(module).href)
  for (const name of ['bullmq', 'ioredis', 'pg-boss']) linkPackage(consumer.folder, name, 'engines')
  try {
    const rows = []
    for (const measure of [onRedis, onPostgres]) {
      const emulator = createEmulator({ apiKey: API_KEY, takesMs: 25_000 })
      const { url } = await emulator.listen()
      rows.push(await measure(consumer.folder, emulator, url))
      await emulator.close()
    }
    return {
      tables: [{ title: `${ORDERS} orders on an engine, one worker: what a turn costs`, rows }],
      reached: [],
    }
  } finally {
    consumer.remove()
  }
}

/** @param {string} consumer @param {any} emulator @param {string} baseUrl */
const onRedis = (consumer, emulator, baseUrl) =>
  inRow(withRedis, consumer, async (port) => {
    const { Queue } = load('bullmq')
    const queue = new Queue('videos', { connection: { host: '127.0.0.1', port } })
    const { Redis } = load('ioredis')
    const client = new Redis(port, '127.0.0.1')
    const writes = async () =>
      Number(/rdb_changes_since_last_save:(\d+)/.exec(await client.info('persistence'))?.[1])
    const pid = Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1])
    const jobs = Array.from({ length: ORDERS }, (_, n) => {
      const data = order(`order-${n}`)
      return { name: 'video', data, opts: { jobId: data.key, attempts: 10 } }
    })
    const env = { REDIS_URL: `redis://127.0.0.1:${port}` }
    const worker = startWorker(consumer, 'bullmq', { ...env, RUNAPI_BASE_URL: baseUrl })
    await new Promise((resolve) => setTimeout(resolve, START_MS))
    const before = { writes: await writes(), cpu: cpuMs(pid), worker: cpuMs(worker.pid) }
    await queue.addBulk(jobs)
    await done(async () => (await queue.getCompletedCount()) === ORDERS)
    const row = rowOf('BullMQ', emulator, {
      writes: (await writes()) - before.writes,
      workerMs: cpuMs(worker.pid) - before.worker,
      storeMs: cpuMs(pid) - before.cpu,
    })
    await worker.kill()
    await client.quit()
    await queue.close()
    return row
  })

/** @param {string} consumer @param {any} emulator @param {string} baseUrl */
const onPostgres = (consumer, emulator, baseUrl) =>
  inRow(withPostgres, consumer, async (url) => {
    const { Pool } = load('pg')
    const pool = new Pool({ connectionString: url, max: 1 })
    const one = async (/** @type {string} */ sql) => Object.values((await pool.query(sql)).rows[0])[0]
    const worker = startWorker(consumer, 'pg-boss', { DATABASE_URL: url, RUNAPI_BASE_URL: baseUrl })
    await done(async () => worker.output().includes('ready'))
    const writes = () =>
      one("select tup_inserted + tup_updated + tup_deleted from pg_stat_database where datname = 'postgres'")
    const postmaster = Number(String(await one("select pg_read_file('postmaster.pid')")).split('\n')[0])
    const before = { writes: Number(await writes()), cpu: familyCpuMs(postmaster), worker: cpuMs(worker.pid) }
    const { PgBoss } = await import(pathToFileURL(join(toolFolder('engines'), 'pg-boss/dist/index.js')).href)
    const boss = new PgBoss({ connectionString: url })
    await boss.start()
    await boss.insert(
      'videos',
      Array.from({ length: ORDERS }, (_, n) => ({ data: { order: order(`order-${n}`), turn: 1 } })),
    )
    await boss.stop()
    const ended =
      "select count(*) from pgboss.job where name = 'videos' and state = 'completed' and output is not null"
    await done(async () => Number(await one(ended)) === ORDERS)
    const row = rowOf('pg-boss', emulator, {
      writes: Number(await writes()) - before.writes,
      workerMs: cpuMs(worker.pid) - before.worker,
      storeMs: familyCpuMs(postmaster) - before.cpu,
    })
    await worker.kill()
    await pool.end()
    return row
  })

const order = (/** @type {string} */ key) => ({
  key,
  endpoint: 'hailuo.textToVideo',
  params: { model: 'hailuo-02-text-to-video-standard', prompt: 'A paper boat in a gutter' },
})

/** @param {string} consumer @param {string} name @param {Record<string, string>} env */
const startWorker = (consumer, name, env) =>
  startChild(nodeBinary(NODE_WITH_TYPES), ['videos.ts'], {
    cwd: join(consumer, 'examples', name),
    env: { RUNAPI_API_KEY: API_KEY, ...env },
  })

/** A turn is a create or a poll. @param {string} engine @param {any} emulator @param {{ writes: number, workerMs: number, storeMs: number }} cost */
const rowOf = (engine, emulator, { writes, workerMs, storeMs }) => {
  const turns = emulator.tasks.reduce(
    (/** @type {number} */ sum, /** @type {any} */ task) => sum + 1 + task.polls,
    0,
  )
  return {
    engine,
    'turns of an order': turns / ORDERS,
    'writes a turn': writes / turns,
    "worker's CPU a turn, ms": workerMs / turns,
    "store's CPU a turn, ms": storeMs / turns,
  }
}

/** @param {() => Promise<boolean>} isDone */
const done = async (isDone) => {
  const deadline = performance.now() + 300_000
  while (!(await isDone())) {
    if (performance.now() > deadline) throw new Error('the orders did not end')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

/** CPU of a process, and where asked of its children that have ended, in milliseconds. @param {number | undefined} pid */
const cpuMs = (pid, withEnded = false) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .map(Number)
  const ticks = fields.slice(11, withEnded ? 15 : 13).reduce((sum, each) => sum + each, 0)
  return (ticks / CLOCK_TICKS) * 1_000
}

/** Of a process and its children. @param {number} pid */
const familyCpuMs = (pid) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter(Boolean)
    .reduce((sum, child) => sum + cpuMs(Number(child)), cpuMs(pid, true))
