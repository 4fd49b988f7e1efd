import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createConsumer, toolFolder } from '../../test/runtimes/consumer.mjs'
import { withPostgres, withRedis } from '../../test/runtimes/engines/servers.mjs'
import { inRow } from '../server-row.mjs'

const require = createRequire(import.meta.url)
const load = (/** @type {string} */ name) => require(join(toolFolder('engines'), name))

const WRITERS = 32
const APPENDS_MS = 5_000
const FINISHED = 100_000

/** What shared stores take in, and what a process needs to read a ledger. */
export const ledgers = async () => {
  const { folder, remove } = createConsumer()
  try {
    const appends = [await appendsOnRedis(folder), await appendsOnPostgres(folder)]
    return {
      tables: [
        { title: `Ledger entries, ${WRITERS} writers at once`, rows: appends },
        { title: 'A ledger that a process reads when it starts', rows: [await readIn(folder)] },
      ],
      reached: [],
    }
  } finally {
    remove()
  }
}

/** @param {string} consumer */
const appendsOnRedis = (consumer) =>
  inRow(withRedis, consumer, async (port) => {
    const { Redis } = load('ioredis')
    const redis = new Redis(port, '127.0.0.1')
    const rate = await appendRate(async (entry) => redis.xadd('videos', '*', 'entry', entry))
    await redis.quit()
    return { store: 'Redis stream, appendfsync always', 'entries/s': rate }
  })

/** @param {string} consumer */
const appendsOnPostgres = (consumer) =>
  inRow(withPostgres, consumer, async (url) => {
    const { APPEND, CREATE_TABLE } = await statements(consumer)
    const { Pool } = load('pg')
    const pool = new Pool({ connectionString: url, max: WRITERS })
    await pool.query(CREATE_TABLE)
    const rate = await appendRate(async (entry) => pool.query(APPEND, ['videos', entry]))
    await pool.end()
    return { store: 'PostgreSQL table, behind its lock', 'entries/s': rate }
  })

/** The statements of the example, which Node 20 cannot import. @param {string} consumer */
const statements = async (consumer) => {
  const source = readFileSync(join(consumer, 'examples/shared-ledger/postgres-store.ts'), 'utf8')
  const text = (/** @type {string} */ name) =>
    new RegExp(`const ${name} = \`([^\`]+)\``).exec(source)?.[1] ?? ''
  return { APPEND: text('APPEND'), CREATE_TABLE: text('CREATE_TABLE') }
}

/** @param {(entry: string) => Promise<unknown>} append */
const appendRate = async (append) => {
  const entry = JSON.stringify({ type: 'bought', text: 'x'.repeat(500) })
  const startedAt = performance.now()
  let count = 0
  const write = async () => {
    while (performance.now() - startedAt < APPENDS_MS) {
      await append(entry)
      count += 1
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write))
  return Math.round(count / ((performance.now() - startedAt) / 1_000))
}

/** A ledger whose orders have all ended. @param {string} consumer */
const readIn = async (consumer) => {
  const file = join(consumer, 'node_modules/runapi-video/dist/ledger/index.js')
  const { memoryStore, openLedger } = await import(pathToFileURL(file).href)
  const store = memoryStore()
  const options = { signal: new AbortController().signal }
  await store.append({ type: 'header', format: 'runapi-video ledger', version: 1 }, options)
  for (let n = 0; n < FINISHED; n++) for (const entry of finished(n)) await store.append(entry, options)
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  collect()
  const before = process.memoryUsage().heapUsed
  const startedAt = performance.now()
  const ledger = openLedger(store)
  await ledger.totals()
  const seconds = (performance.now() - startedAt) / 1_000
  collect()
  const bytes = (process.memoryUsage().heapUsed - before) / FINISHED
  await ledger.totals()
  return { 'finished orders': FINISHED, 'seconds to read': seconds, 'bytes of memory an order': bytes }
}

/** @param {number} n */
const finished = (n) => {
  const key = `order-${n}`
  const common = { endpoint: 'hailuo.textToVideo', baseUrl: 'https://runapi.ai' }
  const body = { model: 'hailuo-02-text-to-video-standard', prompt: 'A paper boat in a gutter' }
  const at = '2026-11-27T10:00:00.000Z'
  const asked = { model: 'a1b2c3d4e5', prompt: `${n}` }
  return [
    {
      ...common,
      id: `i${n}`,
      type: 'intended',
      key,
      at,
      model: body.model,
      asked,
      body,
      cents: 20,
      attempt: `${n}`,
    },
    { id: `b${n}`, type: 'bought', key, task: { ...common, v: 1, id: `tsk_${n}`, createdAt: at } },
    { id: `c${n}`, type: 'completed', key, cents: 20 },
    { id: `d${n}`, type: 'done', key },
  ]
}
