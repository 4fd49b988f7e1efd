// A server that waits for the webhook and polls only as a safety net. Needs RUNAPI_API_KEY, RUNAPI_CALLBACK_SECRET and
// PUBLIC_URL, the address under which the service reaches this server: node webhook-receiver.mjs [port]
import { createServer } from 'node:http'
import { RunApiClient, schedules } from 'runapi-video'
import { verifyWebhook, WebhookVerificationError } from 'runapi-video/webhooks'

const runapi = new RunApiClient()
const secret = process.env.RUNAPI_CALLBACK_SECRET ?? ''
const port = Number(process.argv[2] ?? 8080)

const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  try {
    const event = await verifyWebhook(Buffer.concat(chunks), request.headers, secret)
    response.writeHead(204, { connection: 'close' }).end() // within 10 s, or it comes again
    runapi.settle(event) // the wait below ends now; a delivery that comes twice does no harm
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error
    response.writeHead(400).end(error.reason)
  }
})
server.listen(port)

const task = await runapi.luma.modifyVideo({
  prompt: 'Make it night',
  source_video_url: 'https://example.com/park-walk.mp4',
  callback_url: process.env.PUBLIC_URL ?? `http://127.0.0.1:${port}/`,
})
const { videos } = await task.wait({ schedule: schedules.fixed(60_000) })
console.log(videos[0].url)
server.close()
