// Buys as many orders as it is told through a shared ledger whose limit fits half of what four such processes want:
// node ledger-race.mjs <redis|postgres> <url of the server> <name of the process> <orders>
import { RunApiClient } from 'runapi-video'
import { openLedger } from 'runapi-video/ledger'
import { race } from './race.mjs'

const [kind = '', url = '', name = '', orders = ''] = process.argv.slice(2)

/** What stands here only in the consumer's folder. */
const load = (/** @type {string} */ name) => import(name)

const openStore = async () => {
  if (kind === 'redis') {
    const { redisStore } = await load('../examples/shared-ledger/redis-store.ts')
    const { Redis } = await load('ioredis')
    const redis = new Redis(url)
    return { store: redisStore(redis, 'videos'), close: () => redis.quit() }
  }
  const { CREATE_TABLE, postgresStore } = await load('../examples/shared-ledger/postgres-store.ts')
  const { Pool } = (await load('pg')).default
  const pool = new Pool({ connectionString: url })
  // As a deployment does, before the first process starts.
  if (name === 'setup') await pool.query(CREATE_TABLE)
  return { store: postgresStore(pool, 'videos'), close: () => pool.end() }
}

const { store, close } = await openStore()
console.log(
  `FACTS ${JSON.stringify(await race({ RunApiClient, openLedger, store, name, orders: Number(orders) }))}`,
)
await close()
