import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startChild } from '../child.mjs'
import { linkPackage, toolFolder } from '../consumer.mjs'
import { until } from '../exercise-example.mjs'
import { freePort } from '../free-port.mjs'
import { API_KEY } from '../programs/program.mjs'
import { NODE_WITH_TYPES, nodeBinary, nodeUnavailable } from '../rows/node.mjs'
import { engineEmulator, exerciseEngine, isMp4 } from './exercise-engine.mjs'
import { restateUnavailable, withRestate } from './servers.mjs'

const manifest = () => join(toolFolder('restate'), '@restatedev/restate-server-linux-x64/package.json')

/** @type {import('../row.mjs').Row} */
export const restate = {
  name: 'Restate',
  version: () => JSON.parse(readFileSync(manifest(), 'utf8')).version,
  unavailable: () => restateUnavailable() ?? nodeUnavailable(NODE_WITH_TYPES),
  emulator: engineEmulator,
  run: (context) => withRestate(context.consumer, (urls) => useServer(context, urls)),
}

/** @param {import('../row.mjs').RowContext} context @param {{ ingress: string, admin: string }} urls */
const useServer = async ({ consumer, baseUrl, emulator }, { ingress, admin }) => {
  linkPackage(consumer, '@restatedev/restate-sdk', 'engines')
  const port = await freePort()
  const options = {
    cwd: join(consumer, 'examples/restate'),
    env: { RUNAPI_API_KEY: API_KEY, RUNAPI_BASE_URL: baseUrl, PORT: String(port) },
  }
  const start = () => startChild(nodeBinary(NODE_WITH_TYPES), ['videos.ts'], options)
  let service = start()
  try {
    const register = { method: 'POST', body: JSON.stringify({ uri: `http://127.0.0.1:${port}` }) }
    const registered = await until(
      () =>
        service.ended()
          ? false
          : tell(`${admin}/deployments`, register).then((answer) => answer.ok || undefined),
      60_000,
    )
    if (registered !== true) return [`the service was not registered\n${service.output()}`]
    const complaints = await exerciseEngine(
      {
        submit: async (orderId, prompt) => {
          const answer = await tell(`${ingress}/video/${orderId}/run/send`, {
            method: 'POST',
            body: JSON.stringify(prompt),
          })
          if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
        },
        restart: async () => {
          await service.kill()
          service = start()
        },
        endOf: async (orderId) => {
          const answer = await tell(`${ingress}/restate/workflow/video/${orderId}/output`)
          if (answer.ok) return { completed: true }
          const { message } = /** @type {{ message: string }} */ (await answer.json())
          return answer.status === NOT_READY ? undefined : { failed: message.split('\n')[0] }
        },
        hasClip: (orderId) => {
          const file = join(options.cwd, `${orderId}.mp4`)
          return existsSync(file) && isMp4(readFileSync(file))
        },
      },
      emulator,
    )
    return complaints.length === 0 ? [] : [...complaints, service.output().slice(-6_000)]
  } finally {
    await service.kill()
  }
}

// The status of Restate's own for a workflow that goes on.
const NOT_READY = 470

/** @param {string} url @param {RequestInit} [init] */
const tell = (url, init) =>
  fetch(url, {
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(20_000),
    ...init,
  }).catch((error) => new Response(String(error), { status: 599 }))
