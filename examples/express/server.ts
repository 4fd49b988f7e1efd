import express from 'express'
import { RunApiClient, ValidationError } from 'runapi-video'
import { verifyWebhook, WebhookVerificationError } from 'runapi-video/webhooks'

const runapi = new RunApiClient() // reads RUNAPI_API_KEY
const { PUBLIC_URL, RUNAPI_CALLBACK_SECRET = '', PORT = '3000' } = process.env

const app = express()

app.post('/videos', express.json(), async (request, response) => {
  const { orderId, prompt } = request.body as { orderId: string; prompt: string }
  const task = await runapi.hailuo.textToVideo(
    {
      model: 'hailuo-02-text-to-video-standard',
      prompt,
      callback_url: PUBLIC_URL && `${PUBLIC_URL}/webhooks/runapi`,
    },
    { idempotencyKey: orderId }, // a caller who tries again gets the same task, paid once
  )
  response.status(202).json(task)
})

app.get('/videos/:id', async (request, response) => {
  response.json(await runapi.task('hailuo.textToVideo', request.params.id).poll())
})

// The signature covers the raw bytes, so this route must not parse them: no app-wide express.json().
app.post('/webhooks/runapi', express.raw({ type: '*/*' }), async (request, response) => {
  const event = await verifyWebhook(request.body, request.headers, RUNAPI_CALLBACK_SECRET)
  // Store the state under event.taskId here, then answer within 10 seconds.
  console.log(event.taskId, event.task.status)
  response.sendStatus(204)
})

app.use(((error, _request, response, _next) => {
  if (error instanceof WebhookVerificationError) return void response.status(400).send(error.reason)
  if (error instanceof ValidationError) return void response.status(400).json(error.issues)
  console.error(error)
  response.sendStatus(500)
}) satisfies express.ErrorRequestHandler)

app.listen(Number(PORT))
