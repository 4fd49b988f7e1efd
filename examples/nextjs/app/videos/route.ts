import { RunApiClient, ValidationError } from 'runapi-video'

// export const runtime = 'edge' // either runtime will do

const runapi = new RunApiClient() // reads RUNAPI_API_KEY

export async function POST(request: Request): Promise<Response> {
  const { orderId, prompt } = (await request.json()) as { orderId: string; prompt: string }
  const { PUBLIC_URL } = process.env
  try {
    const task = await runapi.hailuo.textToVideo(
      {
        model: 'hailuo-02-text-to-video-standard',
        prompt,
        callback_url: PUBLIC_URL && `${PUBLIC_URL}/webhooks/runapi`,
      },
      { idempotencyKey: orderId }, // a caller who tries again gets the same task, paid once
    )
    return Response.json(task, { status: 202 })
  } catch (error) {
    if (error instanceof ValidationError) return Response.json(error.issues, { status: 400 })
    throw error
  }
}
