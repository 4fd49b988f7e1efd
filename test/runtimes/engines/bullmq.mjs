import { createRequire } from 'node:module'
import { join } from 'node:path'
import { linkPackage, toolFolder } from '../consumer.mjs'
import { NODE_WITH_TYPES, nodeUnavailable } from '../rows/node.mjs'
import { engineEmulator } from './exercise-engine.mjs'
import { redisUnavailable, withRedis } from './servers.mjs'
import { exerciseWorkerProgram } from './worker-program.mjs'

const require = createRequire(import.meta.url)

/** @type {import('../row.mjs').Row} */
export const bullmq = {
  name: 'BullMQ',
  version: () => require(join(toolFolder('engines'), 'bullmq/package.json')).version,
  unavailable: () => redisUnavailable() ?? nodeUnavailable(NODE_WITH_TYPES),
  emulator: engineEmulator,
  run: (context) => withRedis(context.consumer, (port) => useQueue(context, port)),
}

/** @param {import('../row.mjs').RowContext} context @param {number} port */
const useQueue = async (context, port) => {
  for (const name of ['bullmq', 'ioredis']) linkPackage(context.consumer, name, 'engines')
  const { Queue } = require(join(toolFolder('engines'), 'bullmq'))
  const queue = new Queue('videos', { connection: { host: '127.0.0.1', port } })
  try {
    return await exerciseWorkerProgram(context, {
      folder: 'examples/bullmq',
      env: { REDIS_URL: `redis://127.0.0.1:${port}` },
      endOf: async (orderId) => {
        const job = await queue.getJob(orderId)
        if (await job.isCompleted()) return { completed: true }
        return (await job.isFailed()) ? { failed: job.failedReason.split('\n')[0] } : undefined
      },
    })
  } finally {
    await queue.close()
  }
}
