import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { factsIn, startChild } from '../child.mjs'
import { linkPackage, toolFolder } from '../consumer.mjs'
import { API_KEY } from '../programs/program.mjs'
import { NODE_WITH_TYPES, nodeBinary, nodeUnavailable } from '../rows/node.mjs'
import { engineEmulator, exerciseEngine, isMp4 } from './exercise-engine.mjs'

const require = createRequire(import.meta.url)

/** @type {import('../row.mjs').Row} */
export const lambdaDurable = {
  name: 'Lambda durable',
  version: () => require(join(toolFolder('engines'), '@aws/durable-execution-sdk-js/package.json')).version,
  unavailable: () => nodeUnavailable(NODE_WITH_TYPES),
  emulator: engineEmulator,
  run: async ({ consumer, baseUrl, emulator }) => {
    linkPackage(consumer, '@aws/durable-execution-sdk-js', 'engines')
    linkPackage(consumer, '@aws-sdk/client-s3', 'engines')
    const bucket = await startBucket()
    const options = {
      cwd: consumer,
      env: {
        RUNAPI_API_KEY: API_KEY,
        RUNAPI_BASE_URL: baseUrl,
        BUCKET: 'videos',
        AWS_ENDPOINT_URL_S3: bucket.url,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'any',
        AWS_SECRET_ACCESS_KEY: 'any',
      },
    }
    const testing = join(toolFolder('engines'), '@aws/durable-execution-sdk-js-testing/dist/index.mjs')
    /** @type {Map<string, ReturnType<typeof startChild>>} */
    const executions = new Map()
    try {
      const complaints = await exerciseEngine(
        {
          // An execution has a name, and one of a name that exists already is not started again.
          submit: async (orderId, prompt) => {
            if (executions.has(orderId)) return
            const args = ['programs/start-durable.mjs', testing, JSON.stringify({ orderId, prompt })]
            executions.set(orderId, startChild(nodeBinary(NODE_WITH_TYPES), args, options))
          },
          restart: async () => {
            for (const execution of executions.values()) {
              const pid = [...execution.output().matchAll(/^SANDBOX (\d+)$/gm)].at(-1)?.[1]
              if (pid !== undefined) killHard(Number(pid))
            }
          },
          endOf: (orderId) => {
            const output = executions.get(orderId)?.output() ?? ''
            if (!output.includes('FACTS ')) return undefined
            const { failure } = factsIn(output)
            return typeof failure === 'string' ? { failed: failure.split('\n')[0] } : { completed: true }
          },
          hasClip: (orderId) => {
            const clip = bucket.files.get(`/videos/${orderId}.mp4`)
            return clip !== undefined && isMp4(clip)
          },
        },
        emulator,
      )
      const outputs = [...executions.values()].map((execution) => execution.output())
      return complaints.length === 0 ? [] : [...complaints, ...outputs]
    } finally {
      for (const execution of executions.values()) await execution.kill()
      bucket.close()
    }
  },
}

/** @param {number} pid */
const killHard = (pid) => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It sleeps: its process was killed before, and none is needed until it wakes.
  }
}

/** A bucket of S3, as far as `PutObject` goes. */
const startBucket = async () => {
  /** @type {Map<string, Buffer>} */
  const files = new Map()
  const server = createServer(async (incoming, outgoing) => {
    const chunks = []
    for await (const chunk of incoming) chunks.push(chunk)
    if (incoming.method === 'PUT') {
      files.set(new URL(incoming.url ?? '', 'http://bucket').pathname, Buffer.concat(chunks))
    }
    outgoing.writeHead(200, { etag: '"1"' }).end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { files, url: `http://127.0.0.1:${port}`, close: () => server.close() }
}
