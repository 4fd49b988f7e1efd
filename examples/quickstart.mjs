// One video from another one: RUNAPI_API_KEY=… node quickstart.mjs
import { RunApiClient } from 'runapi-video'

const runapi = new RunApiClient() // reads RUNAPI_API_KEY

const task = await runapi.luma.modifyVideo({
  prompt: 'Transform the scene into a foggy autumn morning with golden light',
  source_video_url: 'https://example.com/park-walk.mp4',
})
const { videos } = await task.wait()
console.log(videos[0].url)
