import { advance, type Order, RunApiClient } from 'runapi-video'
import { downloadVideo } from 'runapi-video/node'
import { FatalError, sleep } from 'workflow'

const MOST_TURNS = 100 // about a quarter of an hour

/** `start(video, [orderId, prompt])` begins an order. Its id is the idempotency key: a second run of it buys nothing. */
export async function video(orderId: string, prompt: string) {
  'use workflow'
  const params = { model: 'hailuo-02-text-to-video-standard', prompt }
  let order: Order = { key: orderId, endpoint: 'hailuo.textToVideo', params }
  for (let turns = 1; turns <= MOST_TURNS; turns++) {
    const step = await turn(order)
    if ('refused' in step) throw new FatalError(String(step.refused.message))
    if ('failed' in step) throw new FatalError(step.failed.error.message)
    if ('completed' in step) return keep(`${orderId}.mp4`, step.completed.videos[0].url)
    order = step.order
    await sleep(step.sleepMs)
  }
  throw new FatalError(`${orderId} is still going after ${MOST_TURNS} turns`)
}

async function turn(order: Order) {
  'use step'
  return advance(new RunApiClient(), order) // reads RUNAPI_API_KEY
}
turn.maxRetries = 10

/** On Vercel itself there is no disk to keep it on: hand `runapi.download({ url })` to your storage. */
async function keep(name: string, url: string) {
  'use step'
  await downloadVideo({ url }, name, { overwrite: true })
  return name
}
