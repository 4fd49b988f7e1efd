import express from 'express'
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

const app = express()

app.post('/videos', express.json(), async (request, response) => {
  const order = orderIn(request.body)
  if (order === undefined)
    return void response
      .status(400)
      .send('orderId must be 1 to 100 letters, digits, _ or -, and prompt must be a string')
  const task = await runapi.hailuo.textToVideo(
    {
      model: 'hailuo-02-text-to-video-standard',
      prompt: order.prompt,
      callback_url: PUBLIC_URL && `${PUBLIC_URL}/webhooks/runapi`,
    },
    { idempotencyKey: order.orderId }, // a caller who tries again gets the same task, paid once
  )
  response.status(202).json(task)
})

app.get('/videos/:id', async (request, response) => {
  const { id } = request.params
  if (!/^[\w-]+$/.test(id)) return void response.status(404).send('not found')
  response.json(viewOf(await runapi.task('hailuo.textToVideo', id).poll()))
})

// The signature covers the raw bytes, so this route must not parse them: no app-wide express.json().
app.post('/webhooks/runapi', express.raw({ type: '*/*' }), async (request, response) => {
  const event = await verifyWebhook(request.body ?? '', request.headers, RUNAPI_CALLBACK_SECRET)
  // Store the state under event.taskId here, then answer within 10 seconds.
  console.log(event.taskId, event.task.status)
  response.sendStatus(204)
})

app.use(((error, _request, response, _next) => {
  if (error instanceof WebhookVerificationError) return void response.status(400).send(error.reason)
  if (error instanceof ValidationError) return void response.status(400).json(error.issues)
  if (error instanceof NotFoundError) return void response.status(404).send('not found')
  if (error instanceof ConflictError) return void response.status(409).send('this order has another prompt')
  // What express refuses itself, such as a body that is not JSON.
  if (error.status >= 400 && error.status < 500) return void response.sendStatus(error.status)
  console.error(error)
  response.sendStatus(500)
}) satisfies express.ErrorRequestHandler)

app.listen(Number(PORT))
