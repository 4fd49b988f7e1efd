// A ledger on a file: two processes' worth of clients, one order, a limit that fits one more.
import { RunApiClient, RunApiError, schedules } from 'runapi-video'
import { openLedger } from 'runapi-video/ledger'
import { fileStore } from 'runapi-video/node'
import { API_KEY } from './program.mjs'

const [, , baseUrl = '', path = ''] = process.argv
/** @type {import('runapi-video').EndpointParams<'hailuo.textToVideo'>} */
const params = { model: 'hailuo-02-text-to-video-standard', prompt: 'Rain', duration_seconds: 6 }

const open = () => {
  const ledger = openLedger(fileStore(path), { limitCents: 40 })
  return { ledger, runapi: new RunApiClient({ baseUrl, apiKey: API_KEY, ledger }) }
}

const first = open()
const task = await first.runapi.hailuo.textToVideo(params, { idempotencyKey: 'order-1' })
const second = open()
const left = await second.ledger.unfinished()
const again = await second.runapi.hailuo.textToVideo(params, { idempotencyKey: 'order-1' })
const over = await second.runapi.hailuo
  .textToVideo({ ...params, prompt: 'Snow' }, { idempotencyKey: 'order-2' })
  .catch((/** @type {unknown} */ error) => error)
const resumed = await second.runapi.resume(/** @type {any} */ (left[0]))
const { videos } = await resumed.wait({ schedule: schedules.fixed(40) })
await second.ledger.done('order-1')
await second.runapi.close()
await first.runapi.close()

console.log(
  `FACTS ${JSON.stringify({
    left: left.map(({ key, status }) => [key, status]),
    sameTask: again.id === task.id && resumed.id === task.id,
    replayed: again.replayed,
    over: RunApiError.is(over) && over.code,
    videos: videos.length,
    unfinished: (await open().ledger.unfinished()).length,
    totals: await open().ledger.totals(),
  })}`,
)
