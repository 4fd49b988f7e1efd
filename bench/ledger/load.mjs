import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openLedger } from 'runapi-video/ledger'
import { fileStore } from 'runapi-video/node'

/**
 * How long a ledger of finished orders takes to open, and what it keeps in memory.
 * @param {{ orders: number }} options
 */
export const loadLedger = async ({ orders }) => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-load-'))
  const file = join(folder, 'orders.jsonl')
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  collect()
  const before = process.memoryUsage().heapUsed
  try {
    writeFileSync(
      file,
      `${[HEADER, ...entriesOf(orders)].map((entry) => JSON.stringify(entry)).join('\n')}\n`,
    )
    collect()
    const cpu = process.cpuUsage()
    const startedAt = performance.now()
    const ledger = openLedger(fileStore(file), { limitCents: orders * 57 })
    const unfinished = await ledger.unfinished()
    const seconds = (performance.now() - startedAt) / 1_000
    const cpuSeconds = process.cpuUsage(cpu).user / 1e6
    collect()
    const heapMegabytes = (process.memoryUsage().heapUsed - before) / 1e6
    const { spentCents } = await ledger.totals()
    return { seconds, cpuSeconds, heapMegabytes, unfinished: unfinished.length, spentCents }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const HEADER = { type: 'header', format: 'runapi-video ledger', version: 1 }

/** @param {number} orders */
const entriesOf = function* (orders) {
  for (let number = 0; number < orders; number++) {
    const key = `order-${number}`
    const at = new Date(1.79e12 + number * 1_000).toISOString()
    const [endpoint, model, baseUrl] = [
      'hailuo.textToVideo',
      'hailuo-02-text-to-video-pro',
      'https://runapi.ai',
    ]
    const prompt = `A paper boat drifts down a rainy street at night, neon in the puddles, take ${number}`
    const asked = { model: '1k2l3m4n5o6', prompt: `${number}p7q8r9s` }
    const id = (/** @type {string} */ name) => `${name}${number}`.padEnd(20, 'x')
    const body = { model, prompt }
    const tags = { customer: `acme-${number % 50}` }
    const limit = { cents: orders * 57 }
    yield {
      id: id('i'),
      type: 'intended',
      key,
      at,
      baseUrl,
      endpoint,
      model,
      asked,
      body,
      tags,
      cents: 57,
      limit,
      attempt: id('a'),
    }
    yield {
      id: id('b'),
      type: 'bought',
      key,
      task: { v: 1, endpoint, id: id('tsk'), model, idempotencyKey: key, createdAt: at, baseUrl },
    }
    yield { id: id('c'), type: 'completed', key, cents: 57, tookMs: 80_000 + (number % 40_000) }
    yield { id: id('d'), type: 'done', key, files: [{ path: `videos/${key}.mp4`, bytes: 1_000_000 }] }
  }
}
