import * as restate from '@restatedev/restate-sdk'
import { advance, type Order, RunApiClient } from 'runapi-video'
import { downloadVideo } from 'runapi-video/node'

const MOST_TURNS = 100 // about a quarter of an hour
const runapi = new RunApiClient() // reads RUNAPI_API_KEY

const video = restate.workflow({
  name: 'video',
  handlers: {
    run: async (context: restate.WorkflowContext, prompt: string) => {
      const params = { model: 'hailuo-02-text-to-video-standard', prompt }
      // The workflow's key is the idempotency key: a turn that is run again gets the same task, paid once.
      let order: Order = { key: context.key, endpoint: 'hailuo.textToVideo', params }
      for (let turn = 1; turn <= MOST_TURNS; turn++) {
        const step = await context.run('turn', () => advance(runapi, order))
        if ('refused' in step) throw new restate.TerminalError(String(step.refused.message))
        if ('failed' in step) throw new restate.TerminalError(step.failed.error.message)
        if ('completed' in step) {
          const [clip] = step.completed.videos
          const options = { runapi, overwrite: true }
          return context.run('download', () => downloadVideo(clip, `${context.key}.mp4`, options))
        }
        order = step.order
        await context.sleep(step.sleepMs)
      }
      throw new restate.TerminalError(`${context.key} is still going after ${MOST_TURNS} turns`)
    },
  },
})

restate.serve({ services: [video], port: Number(process.env.PORT ?? 9080) })
