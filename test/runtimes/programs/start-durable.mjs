// Runs one durable execution on AWS's local runner, which stands for the service; the function itself lives in a
// process of its own, as in Lambda, and may be killed: node start-durable.mjs <testing sdk> <event as JSON>
import { fork } from 'node:child_process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const [testing = '', event = '{}'] = process.argv.slice(2)
const { LocalDurableTestRunner } = await import(pathToFileURL(testing).href)
const sandboxFile = fileURLToPath(new URL('durable-sandbox.mjs', import.meta.url))

/** @type {import('node:child_process').ChildProcess | undefined} */
let sandbox
const warmSandbox = () => {
  if (sandbox?.exitCode === null && sandbox.signalCode === null) return sandbox
  const modules = ['@aws/durable-execution-sdk-js', '../examples/lambda-durable/handler.ts']
  sandbox = fork(sandboxFile, modules, { serialization: 'advanced' })
  console.log(`SANDBOX ${sandbox.pid}`)
  return sandbox
}

/** One invocation: the answer, or `undefined` where the process ended before it. */
const invoke = (/** @type {any} */ input, /** @type {any} */ client) =>
  new Promise((resolve) => {
    const child = warmSandbox()
    const end = (/** @type {any} */ answer) => {
      child.removeAllListeners('message').removeAllListeners('exit')
      resolve(answer)
    }
    child.once('exit', () => end(undefined))
    child.on('message', async (/** @type {any} */ { answer, call, id, params }) => {
      if (answer) return end(answer)
      child.send({ id, result: await client[call](params) }, () => {})
    })
    child.send({ input })
  })

/** Lambda invokes a function again whose process has ended; the local runner leaves that to us. */
const handlerFunction = async (/** @type {any} */ given) => {
  const { durableExecutionClient: client, ...input } = given
  for (;;) {
    const answer = await invoke(input, client)
    if (answer) return answer
    const { DurableExecutionArn, CheckpointToken } = input
    const state = await client.getExecutionState({ DurableExecutionArn, CheckpointToken })
    input.InitialExecutionState = state
  }
}

await LocalDurableTestRunner.setupTestEnvironment()
const execution = await new LocalDurableTestRunner({ handlerFunction }).run({ payload: JSON.parse(event) })
const failure = execution.getStatus() === 'SUCCEEDED' ? null : execution.getError().errorMessage
console.log(`FACTS ${JSON.stringify({ failure })}`)
process.exit()
