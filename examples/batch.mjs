// Twenty videos for at most six dollars, each written down in batch.jsonl before it is paid: RUNAPI_API_KEY=… node batch.mjs
// Run it again, whatever happened: it does the rest.
import { RunApiClient } from 'runapi-video'
import { openLedger } from 'runapi-video/ledger'
import { downloadVideo, fileStore } from 'runapi-video/node'

const folder = process.argv[2] ?? '.'
const ledger = openLedger(fileStore(`${folder}/batch.jsonl`), { limitCents: 600 })
const runapi = new RunApiClient({ ledger })
const orders = Array.from({ length: 20 }, (_, number) => ({
  id: `boat-${number + 1}`,
  prompt: `A paper boat on day ${number + 1} of its journey`,
}))

/** @param {{ id: string, prompt: string }} order */
const make = async ({ id, prompt }) => {
  if ((await ledger.order(id))?.done) return 'is there'
  const params = { model: /** @type {const} */ ('hailuo-02-text-to-video-standard'), prompt }
  const task = await runapi.hailuo.textToVideo({ ...params, duration_seconds: 6 }, { idempotencyKey: id })
  const { videos } = await task.wait()
  const file = await downloadVideo(videos[0], `${folder}/${id}.mp4`, { runapi, overwrite: true })
  await ledger.done(id, { files: [file] })
  return file.path
}

const waiting = orders.values()
const worker = async () => {
  for (const order of waiting) {
    const line = await make(order).catch((error) => (error instanceof Error ? error.message : String(error)))
    console.log(`${order.id}: ${line}`)
  }
}
await Promise.all([worker(), worker(), worker(), worker()])
console.log(await ledger.totals())
await runapi.close()
