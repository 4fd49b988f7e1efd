import { type DurableContext, retryPresets, withDurableExecution } from '@aws/durable-execution-sdk-js'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { nextDelay, RunApiClient, RunApiError } from 'runapi-video'

interface Order {
  orderId: string
  prompt: string
}

const MOST_POLLS = 100 // about a quarter of an hour
const runapi = new RunApiClient() // reads RUNAPI_API_KEY
const s3 = new S3Client()

export const handler = withDurableExecution(async ({ orderId, prompt }: Order, context: DurableContext) => {
  // Without an id of its own an order could be bought twice; without a bucket it could not be kept.
  if (!/^[\w-]{1,100}$/.test(orderId ?? ''))
    throw new Error('orderId must be 1 to 100 letters, digits, _ and -')
  if (!process.env.BUCKET) throw new Error('set BUCKET to the name of an S3 bucket')
  // The order's id is the idempotency key: a step that is run again gets the same task, paid once.
  const create = async () => {
    const params = { model: 'hailuo-02-text-to-video-standard', prompt } as const
    const task = await runapi.hailuo.textToVideo(params, { idempotencyKey: orderId })
    return { task: task.toJSON(), delayMs: nextDelay(task) }
  }
  const bought = await context.step('create', create, { retryStrategy: retryUnlessRefused })

  // Delays come out of steps, because they must be the same when the engine replays this function.
  let { delayMs } = bought
  for (let polls = 1; polls <= MOST_POLLS; polls++) {
    await context.wait(`before poll ${polls}`, { seconds: Math.ceil(delayMs / 1_000) })
    const seen = await context.step(`poll ${polls}`, async () => {
      const task = runapi.task(bought.task)
      const state = await task.poll()
      if (state.status === 'failed') return { failure: state.error.message }
      if (state.status === 'completed') return { url: state.videos[0].url }
      return { delayMs: nextDelay(task, { attempt: polls }) }
    })
    // Outside of a step an error ends the execution for good.
    if (seen.failure !== undefined) throw new Error(seen.failure)
    const { url } = seen
    if (url !== undefined) return context.step('download', () => keep(url, `${orderId}.mp4`))
    delayMs = seen.delayMs
  }
  throw new Error(`${bought.task.id} is still going after ${MOST_POLLS} polls`)
})

/** Where nothing was bought and no second try would help, the execution fails. Else the step is tried again, with the same key. */
const retryUnlessRefused = (error: Error, attempt: number) => {
  const isFinal = RunApiError.is(error) && !error.retryable
  return isFinal ? { shouldRetry: false } : retryPresets.default(error, attempt)
}

const keep = async (url: string, name: string): Promise<string> => {
  const { body } = await runapi.download({ url })
  const bytes = new Uint8Array(await new Response(body).arrayBuffer())
  await s3.send(
    new PutObjectCommand({ Bucket: process.env.BUCKET, Key: name, Body: bytes, ContentType: 'video/mp4' }),
  )
  return name
}
