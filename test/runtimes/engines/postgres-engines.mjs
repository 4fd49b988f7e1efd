import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { linkPackage, toolFolder } from '../consumer.mjs'
import { NODE_WITH_TYPES, nodeUnavailable } from '../rows/node.mjs'
import { engineEmulator } from './exercise-engine.mjs'
import { postgresUnavailable, withPostgres } from './servers.mjs'
import { exerciseWorkerProgram } from './worker-program.mjs'

const require = createRequire(import.meta.url)
const load = (/** @type {string} */ name) => require(join(toolFolder('engines'), name))

/** @typedef {{ endOf: import('./exercise-engine.mjs').Engine['endOf'], close: () => Promise<void> }} Watcher */

const JOB = `select state = 'completed' as completed, output->>'message' as message from pgboss.job
  where name = 'videos' and data->'order'->>'key' = $1
    and (state = 'failed' or state = 'completed' and output is not null)`

/** Each turn is a job, and the last one says how the order ended. @param {string} url @returns {Promise<Watcher>} */
const watchPgBoss = async (url) => {
  const { Pool } = load('pg')
  const pool = new Pool({ connectionString: url })
  return {
    endOf: async (orderId) => {
      const [end] = (await pool.query(JOB, [orderId])).rows
      if (end === undefined) return undefined
      return end.completed ? { completed: true } : { failed: firstLine(end.message) }
    },
    close: () => pool.end(),
  }
}

/** @param {string} url @returns {Promise<Watcher>} */
const watchDbos = async (url) => {
  const { DBOSClient } = load('@dbos-inc/dbos-sdk')
  const client = await DBOSClient.create({ systemDatabaseUrl: url })
  return {
    endOf: async (orderId) => {
      const { status, error } = await client.retrieveWorkflow(orderId).getStatus()
      if (status === 'SUCCESS') return { completed: true }
      return status === 'ERROR' ? { failed: firstLine(error.message) } : undefined
    },
    close: () => client.destroy(),
  }
}

const firstLine = (/** @type {string} */ text) => text.split('\n')[0]

/** Engines that keep their orders in PostgreSQL. @type {import('../row.mjs').Row[]} */
export const postgresEngines = [
  { name: 'pg-boss', library: 'pg-boss', watch: watchPgBoss },
  { name: 'DBOS', library: '@dbos-inc/dbos-sdk', watch: watchDbos },
].map(({ name, library, watch }) => ({
  name,
  version: () =>
    JSON.parse(readFileSync(join(toolFolder('engines'), library, 'package.json'), 'utf8')).version,
  unavailable: () => postgresUnavailable() ?? nodeUnavailable(NODE_WITH_TYPES),
  emulator: engineEmulator,
  run: (context) =>
    withPostgres(context.consumer, async (url) => {
      linkPackage(context.consumer, library, 'engines')
      /** @type {Watcher | undefined} */
      let watcher
      try {
        return await exerciseWorkerProgram(context, {
          folder: `examples/${name.toLowerCase()}`,
          env: { DATABASE_URL: url },
          isReady: (output) => output.includes('ready'),
          endOf: async (orderId) => {
            watcher ??= await watch(url)
            return watcher.endOf(orderId)
          },
        })
      } finally {
        await watcher?.close()
      }
    }),
}))
