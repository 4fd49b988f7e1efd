import { serve } from '@hono/node-server'
import { Hono } from 'hono'
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

const app = new Hono()

app.post('/videos', async (context) => {
  const order = orderIn(await context.req.json().catch(() => undefined))
  if (order === undefined)
    return context.text('orderId must be 1 to 100 letters, digits, _ or -, and prompt must be a string', 400)
  const task = await runapi.hailuo.textToVideo(
    {
      model: 'hailuo-02-text-to-video-standard',
      prompt: order.prompt,
      callback_url: PUBLIC_URL && `${PUBLIC_URL}/webhooks/runapi`,
    },
    { idempotencyKey: order.orderId }, // a caller who tries again gets the same task, paid once
  )
  return context.json(task.toJSON(), 202)
})

app.get('/videos/:id{[\\w-]+}', async (context) => {
  const task = runapi.task('hailuo.textToVideo', context.req.param('id'))
  return context.json(viewOf(await task.poll()))
})

app.post('/webhooks/runapi', async (context) => {
  const event = await verifyWebhook(await context.req.text(), context.req.raw.headers, RUNAPI_CALLBACK_SECRET)
  // Store the state under event.taskId here, then answer within 10 seconds.
  console.log(event.taskId, event.task.status)
  return context.body(null, 204)
})

app.onError((error, context) => {
  if (error instanceof WebhookVerificationError) return context.text(error.reason, 400)
  if (error instanceof ValidationError) return context.json(error.issues, 400)
  if (error instanceof NotFoundError) return context.text('not found', 404)
  if (error instanceof ConflictError) return context.text('this order has another prompt', 409)
  console.error(error)
  return context.text('something went wrong', 500)
})

serve({ fetch: app.fetch, port: Number(PORT) })
