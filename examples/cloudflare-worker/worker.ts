import {
  ConflictError,
  NotFoundError,
  RunApiClient,
  type TaskState,
  ValidationError,
  type Video,
} from 'runapi-video'
import { signWebhook, verifyWebhook, WebhookVerificationError } from 'runapi-video/webhooks'

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

/** The order in a body. One without an id of its own could be bought twice, so it is refused. */
const orderIn = (body: unknown) => {
  const { orderId, prompt } = Object(body) as Record<string, unknown>
  const isOrder = typeof orderId === 'string' && /^[\w-]{1,100}$/.test(orderId) && typeof prompt === 'string'
  return isOrder ? { orderId, prompt } : undefined
}

/** What a visitor may see: not the raw answer, and not what it cost. */
const viewOf = (state: TaskState) => {
  if (state.status === 'completed') return { status: state.status, videos: state.videos }
  return state.status === 'failed'
    ? { status: state.status, error: state.error.message }
    : { status: state.status }
}

const create = async (request: Request, env: Env): Promise<Response> => {
  const order = orderIn(await request.json().catch(() => undefined))
  if (order === undefined)
    return new Response('orderId must be 1 to 100 letters, digits, _ or -, and prompt must be a string', {
      status: 400,
    })
  // Throws where the secret is missing or mistyped: not at the webhook, when the video has been paid for.
  await signWebhook('', env.RUNAPI_CALLBACK_SECRET)
  const task = await runapiOf(env).hailuo.textToVideo(
    {
      model: 'hailuo-02-text-to-video-standard',
      prompt: order.prompt,
      callback_url: new URL('/webhooks/runapi', request.url).href,
    },
    { idempotencyKey: order.orderId }, // a caller who tries again gets the same task, paid once
  )
  return Response.json(task, { status: 202 })
}

const status = async (id: string, env: Env): Promise<Response> =>
  Response.json(viewOf(await runapiOf(env).task('hailuo.textToVideo', id).poll()))

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

const refuse = (error: unknown): Response => {
  if (error instanceof WebhookVerificationError) return new Response(error.reason, { status: 400 })
  if (error instanceof ValidationError) return Response.json(error.issues, { status: 400 })
  if (error instanceof NotFoundError) return new Response('not found', { status: 404 })
  if (error instanceof ConflictError) return new Response('this order has another prompt', { status: 409 })
  console.error(error)
  return new Response('something went wrong', { status: 500 })
}

export default {
  async fetch(request: Request, env: Env, context: Context): Promise<Response> {
    const route = `${request.method} ${new URL(request.url).pathname}`
    const id = /^GET \/videos\/([\w-]+)$/.exec(route)?.[1]
    try {
      if (id !== undefined) return await status(id, env)
      if (route === 'POST /videos') return await create(request, env)
      if (route === 'POST /webhooks/runapi') return await finish(request, env, context)
      return new Response('not found', { status: 404 })
    } catch (error) {
      return refuse(error)
    }
  },
}
