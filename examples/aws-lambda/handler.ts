import { ConflictError, NotFoundError, RunApiClient, type TaskState, ValidationError } from 'runapi-video'
import { signWebhook, verifyWebhook, WebhookVerificationError } from 'runapi-video/webhooks'

// Outside the handler, so that warm starts share its connections and limits. It reads RUNAPI_API_KEY.
const runapi = new RunApiClient()
const { PUBLIC_URL, RUNAPI_CALLBACK_SECRET = '' } = process.env

/** What a function URL and an HTTP API send, payload format 2.0. */
interface Event {
  rawPath: string
  requestContext: { http: { method: string } }
  headers: Record<string, string | undefined>
  body?: string
  isBase64Encoded: boolean
}

const bodyOf = (event: Event): Buffer =>
  Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')

const json = (statusCode: number, value: unknown) => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

/** The order in a body. One without an id of its own could be bought twice, so it is refused. */
const orderIn = (body: Buffer) => {
  try {
    const { orderId, prompt } = Object(JSON.parse(body.toString())) as Record<string, unknown>
    const isOrder =
      typeof orderId === 'string' && /^[\w-]{1,100}$/.test(orderId) && typeof prompt === 'string'
    return isOrder ? { orderId, prompt } : undefined
  } catch {
    return undefined
  }
}

/** What a visitor may see: not the raw answer, and not what it cost. */
const viewOf = (state: TaskState) => {
  if (state.status === 'completed') return { status: state.status, videos: state.videos }
  return state.status === 'failed'
    ? { status: state.status, error: state.error.message }
    : { status: state.status }
}

const create = async (event: Event) => {
  const order = orderIn(bodyOf(event))
  if (order === undefined)
    return json(400, 'orderId must be 1 to 100 letters, digits, _ or -, and prompt must be a string')
  // Throws where the secret is missing or mistyped: not at the webhook, when the video has been paid for.
  if (PUBLIC_URL) await signWebhook('', RUNAPI_CALLBACK_SECRET)
  const task = await runapi.hailuo.textToVideo(
    {
      model: 'hailuo-02-text-to-video-standard',
      prompt: order.prompt,
      callback_url: PUBLIC_URL && `${PUBLIC_URL}/webhooks/runapi`,
    },
    { idempotencyKey: order.orderId }, // a caller who tries again gets the same task, paid once
  )
  return json(202, task)
}

const finish = async (event: Event) => {
  const { taskId, task } = await verifyWebhook(bodyOf(event), event.headers, RUNAPI_CALLBACK_SECRET)
  // Store the state under taskId here, before the answer: Lambda freezes what is left to run after it.
  console.log(taskId, task.status)
  return { statusCode: 204 }
}

export const handler = async (event: Event) => {
  const route = `${event.requestContext.http.method} ${event.rawPath}`
  const id = /^GET \/videos\/([\w-]+)$/.exec(route)?.[1]
  try {
    if (id !== undefined) return json(200, viewOf(await runapi.task('hailuo.textToVideo', id).poll()))
    if (route === 'POST /videos') return await create(event)
    if (route === 'POST /webhooks/runapi') return await finish(event)
    return json(404, 'not found')
  } catch (error) {
    if (error instanceof WebhookVerificationError) return { statusCode: 400, body: error.reason }
    if (error instanceof ValidationError) return json(400, error.issues)
    if (error instanceof NotFoundError) return json(404, 'not found')
    if (error instanceof ConflictError) return json(409, 'this order has another prompt')
    console.error(error)
    return json(500, 'something went wrong')
  }
}
