// Runs a bundle in Vercel's edge sandbox: node start-edge-vm.mjs <@edge-runtime/vm> <bundle> <base URL>
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [edgeRuntime = '', bundle = '', baseUrl = ''] = process.argv.slice(2)
const { EdgeVM } = createRequire(import.meta.url)(edgeRuntime)
const vm = new EdgeVM()
vm.evaluate(readFileSync(bundle, 'utf8'))
const facts = await vm.evaluate(`runMatrix(${JSON.stringify(baseUrl)})`)
console.log(`FACTS ${JSON.stringify(facts)}`)
