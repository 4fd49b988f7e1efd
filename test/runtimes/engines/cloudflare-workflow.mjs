import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from '../bundle.mjs'
import { startChild, untilAnswers } from '../child.mjs'
import { toolFolder } from '../consumer.mjs'
import { freePort } from '../free-port.mjs'
import { API_KEY } from '../programs/program.mjs'
import { packageVersion } from '../rows/workerd.mjs'
import { engineEmulator, exerciseEngine, isMp4 } from './exercise-engine.mjs'

/** @type {import('../row.mjs').Row} */
export const cloudflareWorkflow = {
  name: 'Cloudflare Workflow',
  version: () => packageVersion('miniflare'),
  emulator: engineEmulator,
  run: async ({ consumer, baseUrl, emulator }) => {
    const script = await bundle(consumer, 'examples/cloudflare-workflow/worker.ts', {
      conditions: ['workerd', 'worker', 'browser'],
      format: 'esm',
    })
    const miniflare = join(toolFolder('others'), 'miniflare/dist/src/index.js')
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const folder = join(consumer, 'workflow-state')
    const bindings = JSON.stringify({ RUNAPI_API_KEY: API_KEY, RUNAPI_BASE_URL: baseUrl })
    const args = ['programs/start-workflow.mjs', miniflare, script, String(port), folder, bindings]
    const start = async () => {
      const child = startChild(process.execPath, args, { cwd: consumer })
      await untilAnswers(url, 30_000, () => child.ended())
      return child
    }
    let engine = await start()
    try {
      const complaints = await exerciseEngine(
        {
          submit: (orderId, prompt) =>
            ask(url, { method: 'POST', body: JSON.stringify({ orderId, prompt }) }),
          restart: async () => {
            await engine.kill()
            engine = await start()
          },
          endOf: async (orderId) => {
            const { status, output, error } = await ask(`${url}/${orderId}`)
            if (status === 'errored') return { failed: error.message.split('\n')[0] }
            return output === `${orderId}.mp4` ? { completed: true } : undefined
          },
          hasClip: async (orderId) => {
            const { output } = await ask(`${url}/${orderId}`)
            return output !== null && clipsIn(join(folder, 'r2')) === 3
          },
        },
        emulator,
      )
      return complaints.length === 0 ? [] : [...complaints, engine.output()]
    } finally {
      await engine.kill()
    }
  },
}

/** @param {string} url @param {RequestInit} [init] */
const ask = async (url, init) => {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(20_000) })
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

/** How many files of the bucket are a clip. @param {string} folder */
const clipsIn = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /blobs\/\w+$/.test(name) && isMp4(readFileSync(join(folder, name))),
  ).length
