// Twenty videos, four at a time; what fails does not take the others with it: RUNAPI_API_KEY=… node batch.mjs
import { RunApiClient } from 'runapi-video'

const runapi = new RunApiClient()
const orders = Array.from({ length: 20 }, (_, number) => ({
  id: `batch-7-${number}`,
  prompt: `A paper boat on day ${number + 1} of its journey`,
}))

/** @param {{ id: string, prompt: string }} order */
const make = async ({ id, prompt }) => {
  // The key comes from the order: run this program again, and only what is missing is bought.
  const options = { idempotencyKey: id }
  const { videos } = await runapi.hailuo
    .textToVideo({ model: 'hailuo-02-text-to-video-standard', prompt, duration_seconds: 6 }, options)
    .wait()
  return videos[0].url
}

const waiting = orders.entries()
const worker = async () => {
  for (const [number, order] of waiting) {
    try {
      console.log(`${number}: ${await make(order)}`)
    } catch (error) {
      console.log(`${number}: ${error instanceof Error ? error.message : error}`)
    }
  }
}
await Promise.all([worker(), worker(), worker(), worker()])
