// Every change of a task as it happens: RUNAPI_API_KEY=… node progress.mjs
import { RunApiClient } from 'runapi-video'

const runapi = new RunApiClient()

const task = await runapi.hailuo.textToVideo({
  model: 'hailuo-02-text-to-video-standard',
  prompt: 'Rain on a tin roof at dusk',
  duration_seconds: 6,
})

for await (const state of task.updates()) {
  if (state.status === 'completed') console.log('completed:', state.videos[0].url)
  else if (state.status === 'failed') console.log('failed:', state.error.message)
  else console.log(state.status)
}
