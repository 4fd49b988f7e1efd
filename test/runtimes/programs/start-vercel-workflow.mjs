// Builds the example's workflow and serves it on Vercel Workflow's local world, whose state is on the disk:
// node start-vercel-workflow.mjs <node_modules> <folder of the example> <port>

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [modules = '', folder = '', port = ''] = process.argv.slice(2)
const load = (/** @type {string} */ file) => import(pathToFileURL(join(modules, file)).href)
const { BaseBuilder, createBaseBuilderConfig } = await load('@workflow/builders/dist/index.js')
const { createLocalWorld } = await load('@workflow/world-local/dist/index.js')
const { getRun, setWorld, start } = await load('@workflow/core/dist/runtime.js')

const built = join(folder, 'built')
const manifestFile = join(built, 'manifest.json')

class Builder extends BaseBuilder {
  async build() {
    mkdirSync(built, { recursive: true })
    const inputFiles = await this.getInputFiles()
    const common = { format: 'esm', inputFiles }
    const outfile = join(built, 'workflows.mjs')
    const { manifest } = await this.createWorkflowsBundle({ ...common, outfile, bundleFinalOutput: false })
    await this.createStepsBundle({
      ...common,
      outfile: join(built, 'steps.mjs'),
      externalizeNonSteps: true,
      bundleTransitiveLocalStepDependencies: true,
    })
    writeFileSync(manifestFile, JSON.stringify(manifest))
  }
}

if (!existsSync(manifestFile)) {
  const config = createBaseBuilderConfig({ workingDir: folder, dirs: ['.'] })
  const builder = new /** @type {any} */ (Builder)({ ...config, buildTarget: 'next' })
  await builder.build()
}
const [file = {}] = Object.values(JSON.parse(readFileSync(manifestFile, 'utf8')).workflows)
const { workflowId } = /** @type {any} */ (file).video

const handler = async (/** @type {string} */ name) =>
  (await import(pathToFileURL(join(built, `${name}.mjs`)).href)).POST
const world = createLocalWorld({ dataDir: join(folder, 'state') })
world.registerHandler('__wkf_workflow_', await handler('workflows'))
world.registerHandler('__wkf_step_', await handler('steps'))
setWorld(world)
await world.start()

const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  try {
    const answer =
      request.method === 'POST' ? await begin(String(Buffer.concat(chunks))) : await look(request.url ?? '')
    response.end(JSON.stringify(answer))
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
})
server.listen(Number(port), '127.0.0.1')

const begin = async (/** @type {string} */ body) => {
  const { orderId, prompt } = JSON.parse(body)
  const { runId } = await start({ workflowId }, [orderId, prompt])
  return { runId }
}

const look = async (/** @type {string} */ path) => {
  if (path === '/') return {}
  const status = await getRun(path.slice(1)).status
  const { error } = await world.runs.get(path.slice(1))
  return { status, message: error?.message }
}
