import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { RunApiClient, ValidationError } from 'runapi-video'
import { verifyWebhook, WebhookVerificationError } from 'runapi-video/webhooks'

const runapi = new RunApiClient() // reads RUNAPI_API_KEY
const { PUBLIC_URL, RUNAPI_CALLBACK_SECRET = '', PORT = '3000' } = process.env

const app = new Hono()

app.post('/videos', async (context) => {
  const { orderId, prompt } = await context.req.json<{ orderId: string; prompt: string }>()
  const task = await runapi.hailuo.textToVideo(
    {
      model: 'hailuo-02-text-to-video-standard',
      prompt,
      callback_url: PUBLIC_URL && `${PUBLIC_URL}/webhooks/runapi`,
    },
    { idempotencyKey: orderId }, // a caller who tries again gets the same task, paid once
  )
  return context.json(task.toJSON(), 202)
})

app.get('/videos/:id', async (context) => {
  const task = runapi.task('hailuo.textToVideo', context.req.param('id'))
  return context.json(await task.poll())
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
  console.error(error)
  return context.text('something went wrong', 500)
})

serve({ fetch: app.fetch, port: Number(PORT) })
