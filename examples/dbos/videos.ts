import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk'
import { advance, type Order, RunApiClient } from 'runapi-video'
import { downloadVideo } from 'runapi-video/node'

const MOST_TURNS = 100 // about a quarter of an hour
const runapi = new RunApiClient() // reads RUNAPI_API_KEY
const RETRIES = { retriesAllowed: true, maxAttempts: 10, intervalSeconds: 1, backoffRate: 2 }

DBOS.registerWorkflow(
  async (key: string, prompt: string) => {
    // The order's id is the idempotency key: a step that is run again gets the same task, paid once.
    const params = { model: 'hailuo-02-text-to-video-standard', prompt }
    let order: Order = { key, endpoint: 'hailuo.textToVideo', params }
    for (let turn = 1; turn <= MOST_TURNS; turn++) {
      const step = await DBOS.runStep(() => advance(runapi, order), { name: 'turn', ...RETRIES })
      // Outside of a step an error ends the workflow for good.
      if ('refused' in step) throw new Error(String(step.refused.message))
      if ('failed' in step) throw new Error(step.failed.error.message)
      if ('completed' in step) {
        const [clip] = step.completed.videos
        const options = { runapi, overwrite: true }
        const download = () => downloadVideo(clip, `${key}.mp4`, options)
        return (await DBOS.runStep(download, { name: 'download', ...RETRIES })).path
      }
      order = step.order
      await DBOS.sleep(step.sleepMs)
    }
    throw new Error(`${key} is still going after ${MOST_TURNS} turns`)
  },
  { name: 'video' },
)

const QUEUE = 'videos'
const systemDatabaseUrl = process.env.DATABASE_URL ?? 'postgres://localhost/postgres'

// node videos.ts                       works
// node videos.ts order-1001 'A boat'   submits
const [orderId, prompt] = process.argv.slice(2)
if (orderId === undefined) {
  DBOS.setConfig({ name: 'videos', systemDatabaseUrl })
  await DBOS.launch() // goes on with what an earlier process left
  await DBOS.registerQueue(QUEUE)
  console.log('ready for orders')
} else if (/^[\w-]{1,100}$/.test(orderId) && prompt !== undefined) {
  const client = await DBOSClient.create({ systemDatabaseUrl, applicationName: 'videos' })
  await client.enqueue({ queueName: QUEUE, workflowName: 'video', workflowID: orderId }, orderId, prompt)
  await client.destroy()
} else {
  console.error('usage: node videos.ts [order-id prompt], where the id is 1 to 100 letters, digits, _ and -')
  process.exitCode = 2
}
