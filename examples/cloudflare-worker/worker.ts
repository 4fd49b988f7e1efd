import { RunApiClient, ValidationError, type Video } from 'runapi-video'
import { verifyWebhook, WebhookVerificationError } from 'runapi-video/webhooks'

interface Env {
  RUNAPI_API_KEY: string
  RUNAPI_CALLBACK_SECRET: string
  RUNAPI_BASE_URL?: string
  VIDEOS: { put(key: string, value: ArrayBuffer): Promise<unknown> } // an R2 bucket
}

interface Context {
  waitUntil(work: Promise<unknown>): void
}

// One client for all requests, so that they share its limits. It may as well be made in global scope.
let client: RunApiClient | undefined
const runapiOf = (env: Env): RunApiClient => {
  client ??= new RunApiClient({ apiKey: env.RUNAPI_API_KEY, baseUrl: env.RUNAPI_BASE_URL })
  return client
}

const create = async (request: Request, env: Env): Promise<Response> => {
  const { orderId, prompt } = (await request.json()) as { orderId: string; prompt: string }
  const task = await runapiOf(env).hailuo.textToVideo(
    {
      model: 'hailuo-02-text-to-video-standard',
      prompt,
      callback_url: new URL('/webhooks/runapi', request.url).href,
    },
    { idempotencyKey: orderId }, // a caller who tries again gets the same task, paid once
  )
  return Response.json(task, { status: 202 })
}

const status = async (id: string, env: Env): Promise<Response> =>
  Response.json(await runapiOf(env).task('hailuo.textToVideo', id).poll())

const finish = async (request: Request, env: Env, context: Context): Promise<Response> => {
  const event = await verifyWebhook(await request.text(), request.headers, env.RUNAPI_CALLBACK_SECRET)
  if (event.task.status === 'completed') {
    // RunAPI wants its answer within 10 seconds; the copy goes on after it, for up to 30 seconds.
    context.waitUntil(keep(event.taskId, event.task.videos[0], env))
  }
  return new Response(null, { status: 204 })
}

const keep = async (taskId: string, video: Video, env: Env): Promise<void> => {
  const { body } = await runapiOf(env).download(video)
  await env.VIDEOS.put(`${taskId}.mp4`, await new Response(body).arrayBuffer())
}

export default {
  async fetch(request: Request, env: Env, context: Context): Promise<Response> {
    const route = `${request.method} ${new URL(request.url).pathname}`
    const id = /^GET \/videos\/([^/]+)$/.exec(route)?.[1]
    try {
      if (id !== undefined) return await status(id, env)
      if (route === 'POST /videos') return await create(request, env)
      if (route === 'POST /webhooks/runapi') return await finish(request, env, context)
      return new Response('not found', { status: 404 })
    } catch (error) {
      if (error instanceof WebhookVerificationError) return new Response(error.reason, { status: 400 })
      if (error instanceof ValidationError) return Response.json(error.issues, { status: 400 })
      throw error
    }
  },
}
