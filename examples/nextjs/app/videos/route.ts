import { ConflictError, RunApiClient, ValidationError } from 'runapi-video'
import { signWebhook } from 'runapi-video/webhooks'

// export const runtime = 'edge' // either runtime will do

const runapi = new RunApiClient() // reads RUNAPI_API_KEY

/** The order in a body. One without an id of its own could be bought twice, so it is refused. */
const orderIn = (body: unknown) => {
  const { orderId, prompt } = Object(body) as Record<string, unknown>
  const isOrder = typeof orderId === 'string' && /^[\w-]{1,100}$/.test(orderId) && typeof prompt === 'string'
  return isOrder ? { orderId, prompt } : undefined
}

export async function POST(request: Request): Promise<Response> {
  const order = orderIn(await request.json().catch(() => undefined))
  if (order === undefined)
    return new Response('orderId must be 1 to 100 letters, digits, _ or -, and prompt must be a string', {
      status: 400,
    })
  const { PUBLIC_URL, RUNAPI_CALLBACK_SECRET = '' } = process.env
  try {
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
    return Response.json(task, { status: 202 })
  } catch (error) {
    if (error instanceof ValidationError) return Response.json(error.issues, { status: 400 })
    if (error instanceof ConflictError) return new Response('this order has another prompt', { status: 409 })
    console.error(error)
    return new Response('something went wrong', { status: 500 })
  }
}
