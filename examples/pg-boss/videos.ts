import { createHash } from 'node:crypto'
import { type JobResult, PgBoss } from 'pg-boss'
import { advance, type Order, RunApiClient } from 'runapi-video'
import { downloadVideo } from 'runapi-video/node'

const QUEUE = 'videos'
const MOST_TURNS = 100 // about a quarter of an hour
const boss = new PgBoss({
  connectionString: process.env.DATABASE_URL ?? 'postgres://localhost/postgres',
  monitorIntervalSeconds: 10, // how often it looks for jobs whose worker was killed
})
const runapi = new RunApiClient() // reads RUNAPI_API_KEY

/** A turn of an order is a job. */
interface Turn {
  order: Order
  turn: number
}

/** The job's id comes from the order and the turn, so one that is queued again, after a death or by a second submit, is one job. */
const queueTurn = ({ order, turn }: Turn, sleepMs = 0) => {
  const hash = createHash('sha256').update(`${order.key} ${turn}`).digest('hex')
  const id = hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5')
  return boss.send(QUEUE, { order, turn }, { id, startAfter: new Date(Date.now() + sleepMs) })
}

/** One short turn. It never waits, so one process serves many orders. */
const takeTurn = async (id: string, { order, turn }: Turn): Promise<JobResult> => {
  // What pg-boss calls "deadletter" fails at once. An error that is thrown would be tried again.
  const fail = (message: unknown): JobResult => ({ id, status: 'deadletter', output: { message } })
  const step = await advance(runapi, order)
  if ('refused' in step) return fail(step.refused.message)
  if ('failed' in step) return fail(step.failed.error.message)
  if ('completed' in step) {
    const [video] = step.completed.videos
    const { path } = await downloadVideo(video, `${order.key}.mp4`, { runapi, overwrite: true })
    return { id, status: 'completed', output: { path } }
  }
  if (turn >= MOST_TURNS) return fail(`still going after ${turn} turns`)
  await queueTurn({ order: step.order, turn: turn + 1 }, step.sleepMs)
  return { id, status: 'completed' }
}

// node videos.ts                       works
// node videos.ts order-1001 'A boat'   submits
const [key, prompt] = process.argv.slice(2)
if (key !== undefined && !(/^[\w-]{1,100}$/.test(key) && prompt !== undefined)) {
  console.error('usage: node videos.ts [order-id prompt], where the id is 1 to 100 letters, digits, _ and -')
  process.exit(2)
}
boss.on('error', console.error)
await boss.start()
// A job whose worker was killed goes on when its heart has not beaten for ten seconds.
await boss.createQueue(QUEUE, { retryLimit: 10, retryDelay: 1, retryBackoff: true, heartbeatSeconds: 10 })
if (key !== undefined) {
  const params = { model: 'hailuo-02-text-to-video-standard', prompt }
  await queueTurn({ order: { key, endpoint: 'hailuo.textToVideo', params }, turn: 1 })
  await boss.stop()
} else {
  const options = { perJobResults: true, localConcurrency: 20, pollingIntervalSeconds: 1 } as const
  await boss.work<Turn, unknown, typeof options>(QUEUE, options, ([job]) =>
    Promise.all(job ? [takeTurn(job.id, job.data)] : []),
  )
  console.log('ready for orders')
}
