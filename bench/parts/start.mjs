import { bundleSizes } from '../install/bundle-sizes.mjs'
import { installSizes } from '../install/install-sizes.mjs'
import { startServer } from '../loopback/start-server.mjs'
import { measuredChild } from '../measured-child.mjs'
import { installPeers, peerUrl } from '../peers.mjs'
import { brief } from '../report.mjs'

const ROUNDS = 21
const nothing = new URL('../clients/nothing.mjs', import.meta.url).href
const firstCall = new URL('../clients/first-call.mjs', import.meta.url)

// Whatever else the machine does only adds to a start, so the quickest says most.
const quickest = (/** @type {number[]} */ times) => Math.min(...times)

/** What a cold start pays, what an install brings, and what a bundle for the edge weighs. */
export const start = async () => {
  installPeers()
  /** @type {Record<string, string>} */
  const clients = { nothing, fetch: nothing, 'runapi-video': 'runapi-video' }
  for (const name of ['@runwayml/sdk', 'replicate', 'openai', 'lumaai']) clients[name] = peerUrl(name)
  const names = Object.keys(clients)
  const server = await startServer()
  /** @type {Record<string, { load: number[], call: number[] }>} */
  const seen = Object.fromEntries(names.map((name) => [name, { load: [], call: [] }]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, client] of Object.entries(clients)) {
      for (const how of /** @type {const} */ (['load', 'call'])) {
        const { ms = 0 } = await measuredChild(firstCall, [name, client, server.url, how])
        seen[name]?.[how].push(ms)
      }
    }
  }
  server.stop()
  const added = (/** @type {string} */ name, /** @type {'load' | 'call'} */ how) =>
    quickest(seen[name]?.[how] ?? []) - quickest(seen.nothing?.[how] ?? [])
  const rows = names.slice(1).map((name) => ({
    client: name,
    'import, ms': added(name, 'load'),
    'import and first call, ms': added(name, 'call'),
    '× fetch': added(name, 'call') / added('fetch', 'call'),
  }))
  const installs = installSizes()
  const bundles = await bundleSizes()
  const ours = rows.find(({ client }) => client === 'runapi-video')
  const load = Number(ours?.['import, ms'])
  const call = Number(ours?.['× fetch'])
  const [edge] = bundles
  const kilobytes = Number(edge?.['min + gzip, kB'])
  const packages = Number(installs[0]?.['transitive dependencies'])
  return {
    tables: [
      { title: `Cold start, added to an empty process (quickest of ${ROUNDS})`, rows },
      { title: 'Install', rows: installs },
      { title: 'Bundles for workerd', rows: bundles },
    ],
    reached: [
      {
        what: 'import, added to an empty process',
        reach: '≤ 10 ms',
        measured: `${brief(load)} ms`,
        met: load <= 10,
      },
      { what: 'import and first call', reach: '≤ 1.3 × fetch', measured: brief(call), met: call <= 1.3 },
      {
        what: 'edge bundle for create and wait',
        reach: '≤ 15 kB',
        measured: `${brief(kilobytes)} kB`,
        met: kilobytes <= 15,
      },
      {
        what: 'transitive dependencies',
        reach: 'undici only',
        measured: brief(packages),
        met: packages <= 1,
      },
    ],
  }
}
