import { join } from 'node:path'
import { bundle } from '../bundle.mjs'
import { withServer } from '../child.mjs'
import { linkPackage, toolFolder } from '../consumer.mjs'
import { exerciseExample, until } from '../exercise-example.mjs'
import { freePort } from '../free-port.mjs'
import { API_KEY } from '../programs/program.mjs'
import { bunBinary, denoBinary } from './bun-and-deno.mjs'
import { NODE_WITH_TYPES, nodeBinary, nodeUnavailable, versionOf } from './node.mjs'
import { packageVersion, withWorker } from './workerd.mjs'

/**
 * What the examples read from their environment.
 * @param {import('../row.mjs').RowContext} context
 * @param {string} url where the example is served
 * @returns {Record<string, string>}
 */
export const exampleEnvironment = ({ baseUrl, emulator }, url) => ({
  RUNAPI_API_KEY: API_KEY,
  RUNAPI_BASE_URL: baseUrl,
  RUNAPI_CALLBACK_SECRET: emulator.callbackSecret,
  PUBLIC_URL: url,
  PORT: new URL(url).port,
})

/**
 * Serves an example by a command, and uses it.
 * @param {import('../row.mjs').RowContext} context
 * @param {string} folder
 * @param {(port: number) => [file: string, args: string[]] | Promise<[file: string, args: string[]]>} command
 */
const serveAndUse = async (context, folder, command) => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const [file, args] = await command(port)
  const cwd = join(context.consumer, 'examples', folder)
  const env = exampleEnvironment(context, url)
  return withServer(file, args, { cwd, env, url }, () => exerciseExample(url, context.emulator))
}

/**
 * @param {string} folder
 * @param {string[]} packages
 * @returns {import('../row.mjs').Row}
 */
const onNode = (folder, packages) => ({
  name: `example ${folder}`,
  version: () => packageVersion(folder),
  unavailable: () => nodeUnavailable(NODE_WITH_TYPES),
  run: async (context) => {
    for (const name of packages) linkPackage(context.consumer, name)
    return serveAndUse(context, folder, () => [nodeBinary(NODE_WITH_TYPES), ['server.ts']])
  },
})

/** @type {import('../row.mjs').Row[]} */
export const exampleRows = [
  onNode('hono', ['hono', '@hono/node-server']),
  onNode('express', ['express']),
  {
    name: 'example bun',
    version: () => versionOf(bunBinary()),
    run: (context) => serveAndUse(context, 'bun', () => [bunBinary(), ['server.ts']]),
  },
  {
    name: 'example deno',
    version: () => versionOf(denoBinary()),
    run: (context) =>
      serveAndUse(context, 'deno', (port) => [
        denoBinary(),
        ['serve', `--port=${port}`, '--allow-net', '--allow-env', '--node-modules-dir=manual', 'server.ts'],
      ]),
  },
  {
    name: 'example aws-lambda',
    version: () => packageVersion('lambda-local'),
    run: async (context) => {
      const { consumer } = context
      const script = await bundle(consumer, 'examples/aws-lambda/handler.ts', {
        conditions: ['node'],
        format: 'cjs',
        platform: 'node',
      })
      const serve = join(consumer, 'programs/serve-lambda.mjs')
      const lambdaLocal = join(toolFolder('others'), 'lambda-local')
      return serveAndUse(context, 'aws-lambda', (port) => [
        process.execPath,
        [serve, lambdaLocal, script, String(port)],
      ])
    },
  },
  {
    name: 'example cloudflare-worker',
    version: () => packageVersion('workerd'),
    run: async (context) => {
      const script = await bundle(context.consumer, 'examples/cloudflare-worker/worker.ts', {
        conditions: ['workerd', 'worker', 'browser'],
        format: 'esm',
      })
      const bindings = exampleEnvironment(context, 'http://127.0.0.1')
      return withWorker(context.consumer, script, bindings, async (url) => {
        const complaints = await exerciseExample(url, context.emulator)
        // What waitUntil does after the answer.
        const copied = await until(() => (context.emulator.tasks[0]?.downloads === 1 ? true : undefined))
        return copied ? complaints : [...complaints, 'the video was not copied after the webhook']
      })
    },
  },
]
