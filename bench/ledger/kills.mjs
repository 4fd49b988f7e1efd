import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { foldLedger } from 'runapi-video/ledger'
import { fileStore } from 'runapi-video/node'
import { createEmulator } from 'runapi-video/testing'
import { seededRandom } from '../seeded-random.mjs'

/** @import { Moment, Shop } from './shop.mjs' */

/** @type {readonly Moment[]} */
const MOMENTS = ['intent', 'intended', 'sent', 'answered', 'kept']

/**
 * Kills a shop again and again until every order is served, and compares its books with the service's.
 * @param {object} options
 * @param {string} options.program the shop as one file that Node runs
 * @param {number} options.kills
 * @param {number} options.orders
 * @param {boolean} [options.forgets] whether the service forgets its keys at every death
 * @param {number} [options.seed]
 */
export const killAgain = async ({ program, kills, orders, forgets = false, seed = 1 }) => {
  const random = seededRandom(seed)
  const folder = mkdtempSync(join(tmpdir(), 'ledger-kills-'))
  const emulator = createEmulator({ takesMs: 60, latencyMs: 5 })
  const { url } = await emulator.listen()
  const out = join(folder, 'videos')
  mkdirSync(out)
  const file = join(folder, 'orders.jsonl')
  const keys = Array.from({ length: orders }, (_, number) => `order-${number}`)
  const store = fileStore(file)
  /** @type {Set<string>} keys whose task a process was told */
  const known = new Set()
  let boughtAgain = 0
  let creates = 0
  let deaths = 0
  try {
    for (let run = 0; ; run++) {
      const isLast = run >= kills
      const moment = run % 2 === 0 ? MOMENTS[(run / 2) % MOMENTS.length] : undefined
      const dies = !isLast && moment ? { moment, count: 1 + Math.floor(random() * 2) } : undefined
      const killAfterMs = isLast || moment ? undefined : 100 + random() * 400
      const died = await serve(program, { baseUrl: url, file, out, keys, ...(dies && { dies }) }, killAfterMs)
      if (died) deaths++
      const requests = emulator.requests.filter(
        ({ method, path }) => method === 'POST' && /hailuo/.test(path),
      )
      for (const { headers } of requests.slice(creates))
        if (known.has(String(headers['idempotency-key']))) boughtAgain++
      creates = requests.length
      for (const name of readdirSync(out)) if (name.endsWith('.task')) known.add(name.slice(0, -5))
      if (forgets) emulator.forgetKeys()
      if (!died && isLast) break
      // A run that finished leaves nothing to kill: more orders come.
      if (!died && !isLast) keys.push(`order-${keys.length}`)
      if (run > 3 * kills + 20) throw new Error('the shop does not come to an end')
    }
    const books = await ordersIn(store)
    const videos = readdirSync(out).filter((name) => name.endsWith('.mp4'))
    const sizes = new Set(videos.map((name) => readFileSync(join(out, name)).length))
    return {
      deaths,
      orders: books.length,
      done: books.filter(({ done }) => done).length,
      tasks: emulator.tasks.length,
      boughtAgain,
      files: videos.length,
      sizesOfFiles: sizes.size,
      ledgerCents: books.reduce((sum, { cents = 0 }) => sum + cents, 0),
      spentCents: emulator.spentCents,
    }
  } finally {
    await emulator.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const ordersIn = async (/** @type {ReturnType<typeof fileStore>} */ store) => {
  const { entries } = await store.read(undefined, { signal: new AbortController().signal })
  return foldLedger(entries)
}

/**
 * Runs a shop to its end or its death; tells whether it died.
 * @param {string} program
 * @param {Shop} shop
 * @param {number} [killAfterMs]
 * @returns {Promise<boolean>}
 */
export const serve = async (program, shop, killAfterMs) => {
  const child = spawn(process.execPath, [program, JSON.stringify(shop)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  const [code, signal] = await new Promise((resolve) => child.on('exit', (...how) => resolve(how)))
  clearTimeout(timer)
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the shop ended with ${code ?? signal}`)
  return signal === 'SIGKILL'
}
