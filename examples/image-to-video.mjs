// A video between a first and a last image: RUNAPI_API_KEY=… node image-to-video.mjs
// Only the Hailuo 02 models take a last image.
import { RunApiClient } from 'runapi-video'

const runapi = new RunApiClient()

const { videos, costUsd } = await runapi.hailuo
  .imageToVideo({
    model: 'hailuo-02-image-to-video-standard',
    prompt: 'The bud opens slowly, time-lapse, fixed camera',
    first_frame_image_url: 'https://example.com/bud.png',
    last_frame_image_url: 'https://example.com/flower.png',
    duration_seconds: 6,
    output_resolution: '768p',
  })
  .wait()
console.log(videos[0].url)
if (costUsd !== undefined) console.log(`cost: $${costUsd.toFixed(2)}`)
