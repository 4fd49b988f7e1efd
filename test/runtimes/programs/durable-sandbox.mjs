// The process of a durable function: it runs the example's handler for the one that forked it, and has that one's
// client in place of the one that speaks to AWS: durable-sandbox.mjs <sdk> <example>
const [sdk = '', example = ''] = process.argv.slice(2)
const { DurableExecutionInvocationInputWithClient } = await import(sdk)
const { handler } = await import(example)

const tell = (/** @type {object} */ message) => process.send?.(message)

/** @type {Map<number, (result: unknown) => void>} */
const calls = new Map()
let lastId = 0
const callOut = (/** @type {string} */ call) => (/** @type {unknown} */ params) =>
  new Promise((resolve) => {
    lastId += 1
    calls.set(lastId, resolve)
    tell({ id: lastId, call, params })
  })
const client = { checkpoint: callOut('checkpoint'), getExecutionState: callOut('getExecutionState') }
const lambdaContext = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 900_000 }

process.on('message', async (/** @type {any} */ { input, id, result }) => {
  if (!input) return calls.get(id)?.(result)
  const event = new DurableExecutionInvocationInputWithClient(input, client)
  tell({ answer: await handler(event, lambdaContext) })
})
