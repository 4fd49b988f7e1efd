import { RunApiClient, ValidationError } from 'runapi-video'
import { verifyWebhook, WebhookVerificationError } from 'runapi-video/webhooks'

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

const create = async (event: Event) => {
  const { orderId, prompt } = JSON.parse(bodyOf(event).toString()) as { orderId: string; prompt: string }
  const task = await runapi.hailuo.textToVideo(
    {
      model: 'hailuo-02-text-to-video-standard',
      prompt,
      callback_url: PUBLIC_URL && `${PUBLIC_URL}/webhooks/runapi`,
    },
    { idempotencyKey: orderId }, // a caller who tries again gets the same task, paid once
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
  const id = /^GET \/videos\/([^/]+)$/.exec(route)?.[1]
  try {
    if (id !== undefined) return json(200, await runapi.task('hailuo.textToVideo', id).poll())
    if (route === 'POST /videos') return await create(event)
    if (route === 'POST /webhooks/runapi') return await finish(event)
    return json(404, 'not found')
  } catch (error) {
    if (error instanceof WebhookVerificationError) return { statusCode: 400, body: error.reason }
    if (error instanceof ValidationError) return json(400, error.issues)
    throw error
  }
}
