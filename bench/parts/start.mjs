import { bundleSizes } from '../install/bundle-sizes.mjs'
import { installSizes } from '../install/install-sizes.mjs'
import { startServer } from '../loopback/start-server.mjs'
import { measuredChild } from '../measured-child.mjs'
import { installPeers } from '../peers.mjs'
import { brief } from '../report.mjs'

const ROUNDS = 15
const names = ['nothing', 'fetch', 'runapi-video', '@runwayml/sdk', 'replicate', 'openai', 'lumaai']
const firstCall = new URL('../clients/first-call.mjs', import.meta.url)

// Whatever else the machine does only adds to a start, so the quicker ones say more.
const quick = (/** @type {number[]} */ times) =>
  Number([...times].sort((a, b) => a - b)[Math.floor(times.length / 4)])

/** What a cold start pays, what an install brings, and what a bundle for the edge weighs. */
export const start = async () => {
  installPeers()
  const server = await startServer()
  /** @type {Record<string, { load: number[], call: number[] }>} */
  const seen = Object.fromEntries(names.map((name) => [name, { load: [], call: [] }]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      for (const how of /** @type {const} */ (['load', 'call'])) {
        const { ms = 0 } = await measuredChild(firstCall, [name, server.url, how])
        seen[name]?.[how].push(ms)
      }
    }
  }
  server.stop()
  const added = (/** @type {string} */ name, /** @type {'load' | 'call'} */ how) =>
    quick(seen[name]?.[how] ?? []) - quick(seen.nothing?.[how] ?? [])
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
      { title: `Cold start, added to an empty process (lower quartile of ${ROUNDS})`, rows },
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
