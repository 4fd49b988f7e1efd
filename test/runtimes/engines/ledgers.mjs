import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { bundle } from '../bundle.mjs'
import { factsIn, runChild, withServer } from '../child.mjs'
import { linkPackage, toolFolder } from '../consumer.mjs'
import { differences } from '../facts.mjs'
import { freePort } from '../free-port.mjs'
import { API_KEY } from '../programs/program.mjs'
import { RACE } from '../programs/race.mjs'
import { NODE_WITH_TYPES, nodeBinary, nodeUnavailable } from '../rows/node.mjs'
import { packageVersion } from '../rows/workerd.mjs'
import { postgresUnavailable, redisUnavailable, withPostgres, withRedis } from './servers.mjs'

/**
 * Four buyers share a ledger whose limit fits half of their orders: that half is bought, not a cent more, and each reader
 * comes to the same.
 * @param {(name: string, orders: number) => Promise<Record<string, any>>} buy
 * @param {import('runapi-video/testing').Emulator} emulator
 */
const raceOnLimit = async (buy, emulator) => {
  await buy('setup', 0)
  const names = Array.from({ length: RACE.buyers }, (_, n) => `buyer-${n}`)
  const buyers = await Promise.all(names.map((name) => buy(name, RACE.orders)))
  const { totals } = await buy('reader', 0)
  // Whoever asks again gets the same tasks, and buys none.
  const again = await Promise.all(names.map((name) => buy(name, RACE.orders)))
  emulator.assertNothingBoughtTwice()
  const sum = (/** @type {Record<string, any>[]} */ all, /** @type {string} */ what) =>
    all.reduce((total, each) => total + each[what], 0)
  const half = (RACE.buyers * RACE.orders) / 2
  return differences(
    {
      bought: sum(buyers, 'bought'),
      refused: sum(buyers, 'refused'),
      other: [...buyers, ...again].flatMap(({ other }) => other),
      tasks: emulator.tasks.length,
      totals,
      again: again.map(({ bought }) => bought),
    },
    {
      bought: half,
      refused: half,
      other: [],
      tasks: half,
      totals: { reservedCents: RACE.limitCents, unknownCents: 0, leftCents: 0 },
      again: buyers.map(({ bought }) => bought),
    },
  )
}

/** @param {import('../row.mjs').RowContext} context @param {'redis' | 'postgres'} kind @param {string} url */
const raceOfProcesses = async ({ consumer, baseUrl, emulator }, kind, url) => {
  for (const name of ['ioredis', 'pg']) linkPackage(consumer, name, 'engines')
  const options = {
    cwd: consumer,
    limitMs: 120_000,
    env: { RUNAPI_API_KEY: API_KEY, RUNAPI_BASE_URL: baseUrl },
  }
  const buy = async (/** @type {string} */ name, /** @type {number} */ orders) => {
    const args = ['programs/ledger-race.mjs', kind, url, name, String(orders)]
    return factsIn(await runChild(nodeBinary(NODE_WITH_TYPES), args, options))
  }
  const complaints = kind === 'redis' ? await refusesForgetfulRedis(buy, url) : []
  return [...complaints, ...(await raceOnLimit(buy, emulator))]
}

/**
 * A Redis that may lose the last second is refused before anything is bought.
 * @param {(name: string, orders: number) => Promise<Record<string, any>>} buy
 * @param {string} url
 */
const refusesForgetfulRedis = async (buy, url) => {
  const { Redis } = createRequire(import.meta.url)(join(toolFolder('engines'), 'ioredis'))
  const redis = new Redis(url)
  try {
    await redis.config('SET', 'appendfsync', 'everysec')
    const { bought, other } = await buy('too-early', 1)
    await redis.config('SET', 'appendfsync', 'always')
    const isRefused = other.length === 1 && other[0].includes('set appendfsync always in redis.conf')
    return differences({ bought, isRefused }, { bought: 0, isRefused: true })
  } finally {
    await redis.quit()
  }
}

/** @param {string} name */
const engineVersion = (name) =>
  JSON.parse(readFileSync(join(toolFolder('engines'), name, 'package.json'), 'utf8')).version

// A task outlives the race, so that its price stays reserved.
const emulator = { takesMs: 600_000 }

/** @type {import('../row.mjs').Row[]} */
export const ledgerRows = [
  {
    name: 'ledger on Redis',
    version: () => engineVersion('ioredis'),
    unavailable: () => redisUnavailable() ?? nodeUnavailable(NODE_WITH_TYPES),
    emulator,
    run: (context) =>
      withRedis(context.consumer, (port) => raceOfProcesses(context, 'redis', `redis://127.0.0.1:${port}`)),
  },
  {
    name: 'ledger on PostgreSQL',
    version: () => engineVersion('pg'),
    unavailable: () => postgresUnavailable() ?? nodeUnavailable(NODE_WITH_TYPES),
    emulator,
    run: (context) => withPostgres(context.consumer, (url) => raceOfProcesses(context, 'postgres', url)),
  },
  {
    name: 'ledger in a Durable Object',
    version: () => packageVersion('miniflare'),
    emulator,
    run: async ({ consumer, baseUrl, emulator: service }) => {
      const script = await bundle(consumer, 'programs/ledger-worker.mjs', {
        conditions: ['workerd', 'worker', 'browser'],
        format: 'esm',
      })
      const port = await freePort()
      const url = `http://127.0.0.1:${port}`
      const bindings = JSON.stringify({ RUNAPI_API_KEY: API_KEY, RUNAPI_BASE_URL: baseUrl })
      const miniflare = join(toolFolder('others'), 'miniflare/dist/src/index.js')
      const objects = JSON.stringify({ LEDGER: { className: 'LedgerObject', useSQLite: true } })
      const args = ['programs/start-workerd.mjs', miniflare, script, String(port), bindings, objects]
      return withServer(process.execPath, args, { cwd: consumer, url, limitMs: 60_000 }, () =>
        raceOnLimit(async (name, orders) => {
          const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ name, orders }) })
          if (!answer.ok) throw new Error(await answer.text())
          return answer.json()
        }, service),
      )
    },
  },
]
