import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from '../bundle.mjs'
import { withServer } from '../child.mjs'
import { toolFolder } from '../consumer.mjs'
import { differences } from '../facts.mjs'
import { freePort } from '../free-port.mjs'

/** @param {string} name */
export const packageVersion = (name) =>
  JSON.parse(readFileSync(join(toolFolder('others'), name, 'package.json'), 'utf8')).version

/**
 * Serves a bundled Worker while `use` works with it.
 * @param {string} consumer
 * @param {string} script
 * @param {Readonly<Record<string, string>>} bindings
 * @param {(url: string) => Promise<string[]>} use
 */
export const withWorker = async (consumer, script, bindings, use) => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const miniflare = join(toolFolder('others'), 'miniflare/dist/src/index.js')
  const args = ['programs/start-workerd.mjs', miniflare, script, String(port), JSON.stringify(bindings)]
  return withServer(process.execPath, args, { cwd: consumer, url }, () => use(url))
}

/**
 * What bundlers ask for when they bundle a Worker: Wrangler's conditions, those of tools for the web, and none.
 * @type {{ name: string, conditions: string[], platform?: 'browser' | 'neutral' }[]}
 */
const BUNDLES = [
  { name: 'workerd', conditions: ['workerd', 'worker', 'browser'] },
  { name: 'workerd, bundled for worker', conditions: ['worker'], platform: 'neutral' },
  { name: 'workerd, bundled for browser', conditions: ['browser'] },
  { name: 'workerd, bundled without conditions', conditions: [], platform: 'neutral' },
]

/** @type {import('../row.mjs').Row[]} */
export const workerdRows = BUNDLES.map(({ name, ...options }) => ({
  name,
  version: () => packageVersion('workerd'),
  run: async ({ consumer, baseUrl, emulator }) => {
    const script = await bundle(consumer, 'programs/worker.mjs', {
      ...options,
      format: 'esm',
      define: { 'globalThis.BASE_URL': JSON.stringify(baseUrl) },
    })
    return withWorker(consumer, script, {}, async (url) => [
      ...differences(await ask(`${url}/run`)),
      ...(await twoRequests(url, emulator)),
      ...(await storedVideo(url, emulator)),
    ])
  },
}))

/**
 * Two requests wait for one task through the client of the global scope. One leaves, by an abort of its own and then by
 * a caller that hangs up; the other must finish.
 * @param {string} url
 * @param {import('runapi-video/testing').Emulator} emulator
 */
const twoRequests = async (url, emulator) => {
  const wait = async (/** @type {(body: string) => Promise<unknown>} */ leave) => {
    emulator.next({ takesMs: 700 })
    const task = JSON.stringify(await ask(`${url}/create`))
    const left = leave(task)
    await new Promise((resolve) => setTimeout(resolve, 30))
    const finished = await ask(`${url}/wait`, task).catch(String)
    return { left: await left, finished }
  }
  const aborted = await wait((task) => ask(`${url}/wait-and-leave`, task))
  const hungUp = await wait((task) =>
    ask(`${url}/wait`, task, AbortSignal.timeout(150)).catch((error) => error.name),
  )
  return differences(
    { aborted, hungUp },
    {
      aborted: { left: 'TimeoutError', finished: 'completed' },
      hungUp: { left: 'TimeoutError', finished: 'completed' },
    },
  )
}

/**
 * A download goes into R2 as it comes; one that breaks off is not a file there.
 * @param {string} url
 * @param {import('runapi-video/testing').Emulator} emulator
 */
const storedVideo = async (url, emulator) => {
  const taskWith = async (/** @type {import('runapi-video/testing').TaskScript} */ script) => {
    emulator.next({ takesMs: 10, ...script })
    return JSON.stringify(await ask(`${url}/create`))
  }
  const stored = await ask(`${url}/store`, await taskWith({}))
  const stalls = { faults: { result: [/** @type {const} */ ('stall-body')] } }
  const aborted = await ask(`${url}/stop-storing`, await taskWith(stalls))
  const stalled = await ask(`${url}/stop-reading`, await taskWith(stalls))
  return differences(
    { stored, aborted, stalled },
    { stored: true, aborted: 'TimeoutError', stalled: 'download: nothing came for 200 ms' },
  )
}

/** @param {string} url @param {string} [body] @param {AbortSignal} [signal] */
const ask = async (url, body = '', signal = AbortSignal.timeout(20_000)) => {
  const answer = await fetch(url, { method: 'POST', body, signal })
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}
