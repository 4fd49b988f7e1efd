// A server that waits for the webhook and polls only as a safety net. Needs RUNAPI_API_KEY, RUNAPI_CALLBACK_SECRET and
// PUBLIC_URL, the address under which the service reaches this server: node webhook-receiver.mjs [port]
import { once } from 'node:events'
import { createServer } from 'node:http'
import { RunApiClient, schedules } from 'runapi-video'
import { signWebhook, verifyWebhook, WebhookVerificationError } from 'runapi-video/webhooks'

const runapi = new RunApiClient()
const secret = process.env.RUNAPI_CALLBACK_SECRET ?? ''
const port = Number(process.argv[2] ?? 8080)

/** @param {import('node:http').IncomingMessage} request */
const bodyOf = async (request) => {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > 1_000_000) break // no delivery is as large; verifyWebhook refuses what is cut off
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const server = createServer(async (request, response) => {
  response.setHeader('connection', 'close')
  try {
    if (request.method !== 'POST') return response.writeHead(405, { allow: 'POST' }).end()
    const event = await verifyWebhook(await bodyOf(request), request.headers, secret)
    response.writeHead(204).end() // within 10 s, or it comes again
    runapi.settle(event) // the wait below ends now; a delivery that comes twice does no harm
  } catch (error) {
    // Anyone can send anything: no request may end the process, which waits for a video that is paid for.
    const isRefused = error instanceof WebhookVerificationError
    if (!isRefused) console.error(error)
    response.writeHead(isRefused ? 400 : 500).end(isRefused ? error.reason : '')
  }
})

// What is missing shows now, and not when the video has been paid for.
await signWebhook('', secret)
server.listen(port)
await once(server, 'listening')

const task = await runapi.luma.modifyVideo({
  prompt: 'Make it night',
  source_video_url: 'https://example.com/park-walk.mp4',
  callback_url: process.env.PUBLIC_URL ?? `http://127.0.0.1:${port}/`,
})
const { videos } = await task.wait({ schedule: schedules.fixed(60_000) })
console.log(videos[0].url)
server.close()
