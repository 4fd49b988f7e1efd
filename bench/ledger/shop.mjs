// A process that serves orders with a ledger, and may be made to die: the parent reads its exit.
//   node shop.mjs '{ "baseUrl": …, "file": …, "out": …, "keys": [ … ] }'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RunApiClient, schedules } from 'runapi-video'
import { openLedger } from 'runapi-video/ledger'
import { downloadVideo, fileStore } from 'runapi-video/node'

/**
 * @typedef {object} Shop
 * @property {string} baseUrl
 * @property {string} file the ledger
 * @property {string} [out] where the videos go; without it orders are only bought
 * @property {readonly string[]} keys
 * @property {number} [limitCents]
 * @property {number} [concurrency]
 * @property {{ moment: Moment, count: number }} [dies]
 */
/** @typedef {'intent' | 'intended' | 'sent' | 'answered' | 'kept'} Moment */

const shop = /** @type {Shop} */ (JSON.parse(String(process.argv[2])))
const { baseUrl, file, out, keys, limitCents, concurrency = 4, dies } = shop

let left = dies?.count ?? 0
/** Ends this process as a power cut would, where its time has come. */
const mayDie = (/** @type {Moment} */ moment) => {
  if (dies?.moment === moment && --left <= 0) process.kill(process.pid, 'SIGKILL')
}

const disk = fileStore(file)
const ledger = openLedger(
  {
    read: disk.read,
    append: async (entry, options) => {
      const isIntent = 'type' in entry && entry.type === 'intended'
      if (isIntent) mayDie('intent')
      await disk.append(entry, options)
      if (isIntent) mayDie('intended')
    },
  },
  { limitCents },
)
/** @type {typeof fetch} */
const dyingFetch = async (input, init) => {
  const isCreate = init?.method === 'POST' && String(input).includes('hailuo')
  const answering = fetch(input, init)
  // The request is on its way, and the answer is not there yet.
  if (isCreate) setTimeout(() => mayDie('sent'), 2)
  const response = await answering
  if (isCreate) mayDie('answered')
  return response
}
const runapi = new RunApiClient({ apiKey: 'key', baseUrl, ledger, fetch: dyingFetch, logLevel: 'off' })

const params = (/** @type {string} */ key) =>
  /** @type {const} */ ({ model: 'hailuo-02-text-to-video-pro', prompt: `Order ${key}` })

const serve = async (/** @type {string} */ key) => {
  const order = await ledger.order(key)
  if (order?.done) return
  const task = await runapi.hailuo.textToVideo(params(key), { idempotencyKey: key })
  if (out === undefined) return
  // What this process was told once, as the parent has to know it.
  writeFileSync(join(out, `${key}.task`), task.id)
  const { videos } = await task.wait({ schedule: schedules.fixed(20) })
  const path = join(out, `${key}.mp4`)
  if (!existsSync(path)) await downloadVideo(videos[0], path, { runapi })
  mayDie('kept')
  await ledger.done(key)
}

const queue = [...keys]
/** @type {unknown[]} */
const refusals = []
await Promise.all(
  Array.from({ length: concurrency }, async () => {
    for (let key = queue.shift(); key !== undefined; key = queue.shift())
      await serve(key).catch((error) => refusals.push(error.code ?? String(error)))
  }),
)
await runapi.close()
console.log(JSON.stringify({ refusals }))
