import { DelayedError, type Job, Queue, UnrecoverableError, Worker } from 'bullmq'
import { nextDelay, RunApiClient, RunApiError, type Task, type TaskRef } from 'runapi-video'
import { downloadVideo } from 'runapi-video/node'

/** The job's data. What a turn finds out is stored here, so that the next one goes on from it. */
interface Order {
  prompt: string
  task?: TaskRef
  polls?: number
}

const QUEUE = 'videos'
const MOST_POLLS = 100 // about a quarter of an hour
const connection = { url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' }
const runapi = new RunApiClient() // reads RUNAPI_API_KEY

/** The order's id becomes the job's id and the idempotency key: Redis has it before anything is bought. */
const submit = async (orderId: string, prompt: string) => {
  const queue = new Queue<Order>(QUEUE, { connection })
  await queue.add(
    'video',
    { prompt },
    { jobId: orderId, attempts: 10, backoff: { type: 'exponential', delay: 1_000 } },
  )
  await queue.close()
}

/** One short turn of a job: it creates, or it asks once. None waits. */
const turn = async (job: Job<Order>, token?: string) => {
  const { prompt, task: ref } = job.data
  if (ref === undefined) {
    if (job.id === undefined) throw new UnrecoverableError('a job without an id could be bought twice')
    const task = await create(prompt, job.id).catch(refuse)
    await job.updateData({ prompt, task: task.toJSON() })
    return sleep(job, task, 0, token)
  }
  const polls = (job.data.polls ?? 0) + 1
  const task = runapi.task(ref)
  const state = await task.poll()
  if (state.status === 'failed') throw new UnrecoverableError(state.error.message)
  if (state.status === 'completed') {
    const { path } = await downloadVideo(state.videos[0], `${job.id}.mp4`, { runapi, overwrite: true })
    return path
  }
  if (polls >= MOST_POLLS) throw new UnrecoverableError(`${task.id} is still going after ${polls} polls`)
  await job.updateData({ prompt, task: ref, polls })
  return sleep(job, task, polls, token)
}

const create = (prompt: string, idempotencyKey: string) =>
  runapi.hailuo.textToVideo({ model: 'hailuo-02-text-to-video-standard', prompt }, { idempotencyKey })

/** Where nothing was bought and no second try would help, the job fails for good. Else BullMQ tries again, with the same key. */
const refuse = (error: unknown): never => {
  const isFinal = RunApiError.is(error) && !error.retryable
  throw isFinal ? new UnrecoverableError(error.message) : error
}

const sleep = async (job: Job, task: Task, attempt: number, token?: string): Promise<never> => {
  await job.moveToDelayed(Date.now() + nextDelay(task, { attempt }), token)
  throw new DelayedError() // tells BullMQ that the turn is over, and the job is not
}

// node videos.ts                       works
// node videos.ts order-1001 'A boat'   submits
const [orderId, prompt] = process.argv.slice(2)
if (orderId !== undefined) {
  // Without an id of its own an order could be bought twice. BullMQ takes no plain numbers.
  const isId = /^(?=.*[a-z_-])[\w-]{1,100}$/i.test(orderId)
  if (isId && prompt?.trim()) await submit(orderId, prompt)
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
