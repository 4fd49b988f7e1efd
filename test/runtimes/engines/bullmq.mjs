import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { runChild, startChild } from '../child.mjs'
import { linkPackage, toolFolder } from '../consumer.mjs'
import { freePort } from '../free-port.mjs'
import { API_KEY } from '../programs/program.mjs'
import { NODE_WITH_TYPES, nodeBinary, nodeUnavailable } from '../rows/node.mjs'
import { engineEmulator, exerciseEngine, isMp4 } from './exercise-engine.mjs'

const require = createRequire(import.meta.url)

const redisUnavailable = () => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'there is no redis-server: apt-get install redis-server'
  }
}

/** @type {import('../row.mjs').Row} */
export const bullmq = {
  name: 'BullMQ',
  version: () => require(join(toolFolder('engines'), 'bullmq/package.json')).version,
  unavailable: () => redisUnavailable() ?? nodeUnavailable(NODE_WITH_TYPES),
  emulator: engineEmulator,
  run: async (context) => {
    const port = await freePort()
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    const redis = startChild('redis-server', args, { cwd: context.consumer })
    try {
      return await useQueue(context, port)
    } finally {
      await redis.kill()
    }
  },
}

/** @param {import('../row.mjs').RowContext} context @param {number} port */
const useQueue = async ({ consumer, baseUrl, emulator }, port) => {
  for (const name of ['bullmq', 'ioredis']) linkPackage(consumer, name, 'engines')
  const options = {
    cwd: join(consumer, 'examples/bullmq'),
    env: {
      RUNAPI_API_KEY: API_KEY,
      RUNAPI_BASE_URL: baseUrl,
      REDIS_URL: `redis://127.0.0.1:${port}`,
    },
  }
  const node = nodeBinary(NODE_WITH_TYPES)
  const { Queue } = require(join(toolFolder('engines'), 'bullmq'))
  const queue = new Queue('videos', { connection: { host: '127.0.0.1', port } })
  let worker = startChild(node, ['videos.ts'], options)
  try {
    const complaints = await exerciseEngine(
      {
        submit: (orderId, prompt) => runChild(node, ['videos.ts', orderId, prompt], options),
        restart: async () => {
          await worker.kill()
          worker = startChild(node, ['videos.ts'], options)
        },
        endOf: async (orderId) => {
          const job = await queue.getJob(orderId)
          if (await job.isCompleted()) return { completed: true }
          return (await job.isFailed()) ? { failed: job.failedReason.split('\n')[0] } : undefined
        },
        hasClip: (orderId) => {
          const file = join(options.cwd, `${orderId}.mp4`)
          return existsSync(file) && isMp4(readFileSync(file))
        },
      },
      emulator,
    )
    return complaints.length === 0 ? [] : [...complaints, worker.output()]
  } finally {
    await worker.kill()
    await queue.close()
  }
}
