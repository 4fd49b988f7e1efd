import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { advance, type Order, RunApiClient } from 'runapi-video'

interface Event {
  orderId: string
  prompt: string
}

const MOST_TURNS = 100 // about a quarter of an hour
const runapi = new RunApiClient() // reads RUNAPI_API_KEY
const s3 = new S3Client()

export const handler = withDurableExecution(async ({ orderId, prompt }: Event, context: DurableContext) => {
  // Without an id of its own an order could be bought twice; without a bucket it could not be kept.
  if (!/^[\w-]{1,100}$/.test(orderId ?? ''))
    throw new Error('orderId must be 1 to 100 letters, digits, _ and -')
  if (!process.env.BUCKET) throw new Error('set BUCKET to the name of an S3 bucket')
  const params = { model: 'hailuo-02-text-to-video-standard', prompt }
  // The order's id is the idempotency key: a step that is run again gets the same task, paid once.
  let order: Order = { key: orderId, endpoint: 'hailuo.textToVideo', params }
  for (let turn = 1; turn <= MOST_TURNS; turn++) {
    const step = await context.step(`turn ${turn}`, () => advance(runapi, order))
    // Outside of a step an error ends the execution for good.
    if ('refused' in step) throw new Error(String(step.refused.message))
    if ('failed' in step) throw new Error(step.failed.error.message)
    if ('completed' in step) {
      const [{ url }] = step.completed.videos
      return context.step('download', () => keep(url, `${orderId}.mp4`))
    }
    order = step.order
    await context.wait(`after turn ${turn}`, { seconds: Math.ceil(step.sleepMs / 1_000) })
  }
  throw new Error(`${orderId} is still going after ${MOST_TURNS} turns`)
})

const keep = async (url: string, name: string): Promise<string> => {
  const { body } = await runapi.download({ url })
  const bytes = new Uint8Array(await new Response(body).arrayBuffer())
  await s3.send(
    new PutObjectCommand({ Bucket: process.env.BUCKET, Key: name, Body: bytes, ContentType: 'video/mp4' }),
  )
  return name
}
