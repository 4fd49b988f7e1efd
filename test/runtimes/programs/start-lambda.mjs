// Calls a bundled Lambda function: node start-lambda.mjs <lambda-local> <bundle> <event as JSON>
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [lambdaLocal = '', bundle = '', event = '{}'] = process.argv.slice(2)
const { execute, setLogger } = createRequire(import.meta.url)(lambdaLocal)
const silent = () => {}
setLogger({ log: silent, info: silent, warn: silent, error: silent, debug: silent, transports: [{}] })
const facts = await execute({
  event: JSON.parse(event),
  lambdaFunc: await import(pathToFileURL(bundle).href),
  lambdaHandler: 'handler',
  timeoutMs: 20_000,
  verboseLevel: 0,
})
console.log(`FACTS ${JSON.stringify(facts)}`)
