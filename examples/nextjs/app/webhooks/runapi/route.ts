import { verifyWebhook, WebhookVerificationError } from 'runapi-video/webhooks'

export async function POST(request: Request): Promise<Response> {
  try {
    const secret = process.env.RUNAPI_CALLBACK_SECRET ?? ''
    const event = await verifyWebhook(await request.text(), request.headers, secret)
    // Store the state under event.taskId here, then answer within 10 seconds.
    console.log(event.taskId, event.task.status)
    return new Response(null, { status: 204 })
  } catch (error) {
    if (error instanceof WebhookVerificationError) return new Response(error.reason, { status: 400 })
    console.error(error)
    return new Response('something went wrong', { status: 500 })
  }
}
