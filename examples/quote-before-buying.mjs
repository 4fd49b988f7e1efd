// Ask for the price, then buy if it fits: RUNAPI_API_KEY=… node quote-before-buying.mjs [cents]
import { RunApiClient } from 'runapi-video'

const runapi = new RunApiClient()
const mostCents = Number(process.argv[2] ?? 60)

/** @type {import('runapi-video').HailuoTextToVideoParams} */
const params = {
  model: 'hailuo-02-text-to-video-standard',
  prompt: 'A paper boat in a gutter',
  duration_seconds: 6,
}

const quote = await runapi.pricing.quote('hailuo.textToVideo', params) // buys nothing
const cents = quote.reservation_amount_cents ?? Infinity
const { balance_cents: balance } = await runapi.account.balance()
console.log(`it would cost ${cents} cents of ${balance}`)

if (!(mostCents >= 0)) console.log('usage: node quote-before-buying.mjs [cents]')
else if (cents <= mostCents && cents <= balance) {
  const { videos } = await runapi.hailuo.textToVideo(params).wait()
  console.log(videos[0].url)
} else {
  console.log('too expensive, nothing was bought')
}
