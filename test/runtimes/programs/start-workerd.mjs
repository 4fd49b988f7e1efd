// Starts a bundled Worker in workerd:
// node start-workerd.mjs <miniflare> <bundle> <port> [bindings as JSON] [its Durable Objects as JSON]
import { pathToFileURL } from 'node:url'

const [miniflare = '', scriptPath = '', port = '', bindings = '{}', objects = '{}'] = process.argv.slice(2)
const { Miniflare } = await import(pathToFileURL(miniflare).href)
const worker = new Miniflare({
  modules: true,
  scriptPath,
  port: Number(port),
  compatibilityDate: '2026-04-01',
  bindings: JSON.parse(bindings),
  durableObjects: JSON.parse(objects),
  r2Buckets: ['VIDEOS'],
})
await worker.ready
