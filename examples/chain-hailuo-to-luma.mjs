// Hailuo makes a video, Luma restyles it: RUNAPI_API_KEY=… node chain-hailuo-to-luma.mjs
import { RunApiClient } from 'runapi-video'

const runapi = new RunApiClient()

const marble = await runapi.hailuo
  .textToVideo({
    model: 'hailuo-02-text-to-video-pro',
    prompt: 'A glass marble rolls across a wooden desk, catches the edge, and falls in slow motion',
  })
  .wait()
console.log('hailuo:', marble.videos[0].url)

// RunAPI keeps a result for seven days, and Luma can fetch it from there.
const foggy = await runapi.luma
  .modifyVideo({
    prompt: 'The same scene at night, lit by neon signs',
    source_video_url: marble.videos[0].url,
  })
  .wait()
console.log('luma:', foggy.videos[0].url)
