import { ConflictError, NotFoundError, RunApiClient, type TaskState, ValidationError } from 'runapi-video'
import { signWebhook, verifyWebhook, WebhookVerificationError } from 'runapi-video/webhooks'

const runapi = new RunApiClient() // reads RUNAPI_API_KEY
const { PUBLIC_URL, RUNAPI_CALLBACK_SECRET = '', PORT = '3000' } = process.env

// Throws now where the secret is missing or mistyped, and not at the webhook, when the video has been paid for.
if (PUBLIC_URL) await signWebhook('', RUNAPI_CALLBACK_SECRET)

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

const create = async (request: Request): Promise<Response> => {
  const order = orderIn(await request.json().catch(() => undefined))
  if (order === undefined)
    return new Response('orderId must be 1 to 100 letters, digits, _ or -, and prompt must be a string', {
      status: 400,
    })
  const task = await runapi.hailuo.textToVideo(
    {
      model: 'hailuo-02-text-to-video-standard',
      prompt: order.prompt,
      callback_url: PUBLIC_URL && `${PUBLIC_URL}/webhooks/runapi`,
    },
    { idempotencyKey: order.orderId }, // a caller who tries again gets the same task, paid once
  )
  return Response.json(task, { status: 202 })
}

const status = async (id: string): Promise<Response> =>
  Response.json(viewOf(await runapi.task('hailuo.textToVideo', id).poll()))

const finish = async (request: Request): Promise<Response> => {
  const event = await verifyWebhook(await request.text(), request.headers, RUNAPI_CALLBACK_SECRET)
  // Store the state under event.taskId here, then answer within 10 seconds.
  console.log(event.taskId, event.task.status)
  return new Response(null, { status: 204 })
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
  port: Number(PORT),
  async fetch(request: Request): Promise<Response> {
    const route = `${request.method} ${new URL(request.url).pathname}`
    const id = /^GET \/videos\/([\w-]+)$/.exec(route)?.[1]
    try {
      if (id !== undefined) return await status(id)
      if (route === 'POST /videos') return await create(request)
      if (route === 'POST /webhooks/runapi') return await finish(request)
      return new Response('not found', { status: 404 })
    } catch (error) {
      return refuse(error)
    }
  },
}
