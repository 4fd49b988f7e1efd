import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startChild, untilAnswers } from '../child.mjs'
import { linkPackage, toolFolder } from '../consumer.mjs'
import { freePort } from '../free-port.mjs'
import { API_KEY } from '../programs/program.mjs'
import { engineEmulator, exerciseEngine, isMp4 } from './exercise-engine.mjs'

const manifest = () => join(toolFolder('vercel-workflow'), 'workflow/package.json')

/** @type {import('../row.mjs').Row} */
export const vercelWorkflow = {
  name: 'Vercel Workflow',
  version: () => JSON.parse(readFileSync(manifest(), 'utf8')).version,
  emulator: engineEmulator,
  run: async ({ consumer, baseUrl, emulator }) => {
    linkPackage(consumer, 'workflow', 'vercel-workflow')
    const folder = join(consumer, 'examples/vercel-workflow')
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const options = { cwd: folder, env: { RUNAPI_API_KEY: API_KEY, RUNAPI_BASE_URL: baseUrl } }
    const args = [
      join(consumer, 'programs/start-vercel-workflow.mjs'),
      toolFolder('vercel-workflow'),
      folder,
      String(port),
    ]
    const start = async () => {
      const child = startChild(process.execPath, args, options)
      try {
        await untilAnswers(url, 120_000, () => child.ended())
        return child
      } catch (error) {
        await child.kill()
        throw new Error(`${String(error)}\n${child.output()}`, { cause: error })
      }
    }
    let engine = await start()
    // A run has no name of our own. An app keeps this beside its orders.
    /** @type {Map<string, string>} */
    const runs = new Map()
    try {
      const complaints = await exerciseEngine(
        {
          submit: async (orderId, prompt) => {
            if (runs.has(orderId)) return
            const { runId } = await ask(url, { method: 'POST', body: JSON.stringify({ orderId, prompt }) })
            runs.set(orderId, runId)
          },
          restart: async () => {
            await engine.kill()
            engine = await start()
          },
          endOf: async (orderId) => {
            const { status, message } = await ask(`${url}/${runs.get(orderId)}`)
            if (status === 'failed') return { failed: message.split('\n')[0] }
            return status === 'completed' ? { completed: true } : undefined
          },
          hasClip: (orderId) => {
            const file = join(folder, `${orderId}.mp4`)
            return existsSync(file) && isMp4(readFileSync(file))
          },
        },
        emulator,
      )
      return complaints.length === 0 ? [] : [...complaints, engine.output().slice(-6000)]
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
