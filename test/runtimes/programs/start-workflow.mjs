// Starts a bundled Worker with its Workflow and its bucket, both kept on the disk:
// node start-workflow.mjs <miniflare> <bundle> <port> <folder> <bindings as JSON>
import { pathToFileURL } from 'node:url'

const [miniflare = '', scriptPath = '', port = '', folder = '', bindings = '{}'] = process.argv.slice(2)
const { Miniflare } = await import(pathToFileURL(miniflare).href)
// Without it the reason of a failure is not kept.
const compatibilityFlags = ['workflows_preserve_non_retryable_error_message']
const worker = new Miniflare({
  modules: true,
  scriptPath,
  port: Number(port),
  compatibilityDate: '2026-04-01',
  bindings: JSON.parse(bindings),
  compatibilityFlags,
  workflows: { ORDERS: { name: 'orders', className: 'VideoOrder', compatibilityFlags } },
  workflowsPersist: `${folder}/workflows`,
  r2Buckets: ['VIDEOS'],
  r2Persist: `${folder}/r2`,
})
await worker.ready
