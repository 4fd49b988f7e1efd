// Puts a bundled Lambda function behind HTTP, as a function URL does:
// node serve-lambda.mjs <lambda-local> <bundle> <port>
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [lambdaLocal = '', bundle = '', port = ''] = process.argv.slice(2)
const { execute, setLogger } = createRequire(import.meta.url)(lambdaLocal)
const silent = () => {}
setLogger({ log: silent, info: silent, warn: silent, error: silent, debug: silent, transports: [{}] })
const { default: lambdaFunc } = await import(pathToFileURL(bundle).href)

createServer(async (incoming, outgoing) => {
  const chunks = []
  for await (const chunk of incoming) chunks.push(chunk)
  const answer = await execute({
    event: {
      version: '2.0',
      rawPath: incoming.url,
      requestContext: { http: { method: incoming.method } },
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString('base64'),
      isBase64Encoded: true,
    },
    lambdaFunc,
    lambdaHandler: 'handler',
    timeoutMs: 20_000,
    verboseLevel: 0,
  }).catch((/** @type {unknown} */ error) => ({ statusCode: 500, body: JSON.stringify(error) }))
  outgoing.writeHead(answer.statusCode, answer.headers).end(answer.body)
}).listen(Number(port), '127.0.0.1')
