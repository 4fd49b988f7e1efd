import { DelayedError, type Job, Queue, UnrecoverableError, Worker } from 'bullmq'
import { advance, type Order, RunApiClient } from 'runapi-video'
import { downloadVideo } from 'runapi-video/node'

const QUEUE = 'videos'
const MOST_POLLS = 100 // about a quarter of an hour
const connection = { url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' }
const runapi = new RunApiClient() // reads RUNAPI_API_KEY

/** The order's id becomes the job's id and the idempotency key: Redis has it before anything is bought. */
const submit = async (key: string, prompt: string) => {
  const params = { model: 'hailuo-02-text-to-video-standard', prompt }
  const order: Order = { key, endpoint: 'hailuo.textToVideo', params }
  const queue = new Queue<Order>(QUEUE, { connection })
  await queue.add('video', order, {
    jobId: key,
    attempts: 10,
    backoff: { type: 'exponential', delay: 1_000 },
  })
  await queue.close()
}

/** One short turn of a job. It never waits, so one process serves many orders. */
const turn = async (job: Job<Order>, token?: string): Promise<string> => {
  const step = await advance(runapi, job.data)
  if ('sleepMs' in step) {
    const { polls = 0 } = step.order
    if (polls >= MOST_POLLS) throw new UnrecoverableError(`still going after ${polls} polls`)
    await job.updateData(step.order)
    await job.moveToDelayed(Date.now() + step.sleepMs, token)
    throw new DelayedError() // tells BullMQ that the turn is over, and the job is not
  }
  if ('refused' in step) throw new UnrecoverableError(String(step.refused.message))
  if ('failed' in step) throw new UnrecoverableError(step.failed.error.message)
  const [video] = step.completed.videos
  const { path } = await downloadVideo(video, `${job.data.key}.mp4`, { runapi, overwrite: true })
  return path
}

// node videos.ts                       works
// node videos.ts order-1001 'A boat'   submits
const [orderId, prompt] = process.argv.slice(2)
if (orderId !== undefined) {
  // Without an id of its own an order could be bought twice. BullMQ takes no plain numbers.
  const isId = /^(?=.*[a-z_-])[\w-]{1,100}$/i.test(orderId)
  if (isId && prompt !== undefined) await submit(orderId, prompt)
  else {
    console.error('usage: node videos.ts [order-id prompt], where the id has a letter in it and no colon')
    process.exitCode = 2
  }
} else {
  // A job whose worker was killed goes on after ten seconds, however often that happens.
  const patience = { lockDuration: 10_000, stalledInterval: 10_000, maxStalledCount: 1_000 }
  const worker = new Worker<Order>(QUEUE, turn, { connection, concurrency: 20, ...patience })
  worker.on('error', console.error)
  worker.on('completed', (job, path) => console.log(job.id, path))
  worker.on('failed', (job, error) => console.error(job?.id, error.message))
}
