import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runChild, startChild } from '../child.mjs'
import { API_KEY } from '../programs/program.mjs'
import { NODE_WITH_TYPES, nodeBinary } from '../rows/node.mjs'
import { exerciseEngine, isMp4 } from './exercise-engine.mjs'

/**
 * Exercises an example of the form `videos.ts`: a worker without arguments, a submit with an order's id and its prompt.
 * @param {import('../row.mjs').RowContext} context
 * @param {{ folder: string, env: Record<string, string>, isReady?: (output: string) => boolean, endOf: import('./exercise-engine.mjs').Engine['endOf'] }} engine
 */
export const exerciseWorkerProgram = async (
  { consumer, baseUrl, emulator },
  { folder, env, isReady = () => true, endOf },
) => {
  const cwd = join(consumer, folder)
  const options = {
    cwd,
    limitMs: 120_000,
    env: { RUNAPI_API_KEY: API_KEY, RUNAPI_BASE_URL: baseUrl, ...env },
  }
  const node = nodeBinary(NODE_WITH_TYPES)
  const start = async () => {
    const worker = startChild(node, ['videos.ts'], options)
    while (!worker.ended() && !isReady(worker.output()))
      await new Promise((resolve) => setTimeout(resolve, 50))
    return worker
  }
  let worker = await start()
  let output = ''
  try {
    const complaints = await exerciseEngine(
      {
        submit: (orderId, prompt) => runChild(node, ['videos.ts', orderId, prompt], options),
        restart: async () => {
          await worker.kill()
          output += `${worker.output()}\n-- killed --\n`
          worker = await start()
        },
        endOf,
        hasClip: (orderId) => {
          const file = join(cwd, `${orderId}.mp4`)
          return existsSync(file) && isMp4(readFileSync(file))
        },
      },
      emulator,
    )
    return complaints.length === 0 ? [] : [...complaints, (output + worker.output()).slice(-8_000)]
  } finally {
    await worker.kill()
  }
}
