import process from 'node:process'
import { RunApiClient, ValidationError } from 'runapi-video'
import { verifyWebhook, WebhookVerificationError } from 'runapi-video/webhooks'

const runapi = new RunApiClient() // reads RUNAPI_API_KEY
const { PUBLIC_URL, RUNAPI_CALLBACK_SECRET = '' } = process.env

const create = async (request: Request): Promise<Response> => {
  const { orderId, prompt } = (await request.json()) as { orderId: string; prompt: string }
  const task = await runapi.hailuo.textToVideo(
    {
      model: 'hailuo-02-text-to-video-standard',
      prompt,
      callback_url: PUBLIC_URL && `${PUBLIC_URL}/webhooks/runapi`,
    },
    { idempotencyKey: orderId }, // a caller who tries again gets the same task, paid once
  )
  return Response.json(task, { status: 202 })
}

const finish = async (request: Request): Promise<Response> => {
  const event = await verifyWebhook(await request.text(), request.headers, RUNAPI_CALLBACK_SECRET)
  // Store the state under event.taskId here, then answer within 10 seconds.
  console.log(event.taskId, event.task.status)
  return new Response(null, { status: 204 })
}

export default {
  async fetch(request: Request): Promise<Response> {
    const route = `${request.method} ${new URL(request.url).pathname}`
    const id = /^GET \/videos\/([^/]+)$/.exec(route)?.[1]
    try {
      if (id !== undefined) return Response.json(await runapi.task('hailuo.textToVideo', id).poll())
      if (route === 'POST /videos') return await create(request)
      if (route === 'POST /webhooks/runapi') return await finish(request)
      return new Response('not found', { status: 404 })
    } catch (error) {
      if (error instanceof WebhookVerificationError) return new Response(error.reason, { status: 400 })
      if (error instanceof ValidationError) return Response.json(error.issues, { status: 400 })
      throw error
    }
  },
}
