import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers'
import { NonRetryableError } from 'cloudflare:workflows'
import { nextDelay, RunApiClient, RunApiError } from 'runapi-video'

interface Env {
  RUNAPI_API_KEY: string
  RUNAPI_BASE_URL?: string
  ORDERS: Workflow<Order>
  VIDEOS: R2Bucket
}

interface Order {
  prompt: string
}

const MOST_POLLS = 100 // about a quarter of an hour
const ID = /^\w[\w-]{0,99}$/ // what Workflows takes as an instance's id

export class VideoOrder extends WorkflowEntrypoint<Env, Order> {
  async run({ instanceId, payload }: WorkflowEvent<Order>, step: WorkflowStep) {
    const runapi = new RunApiClient({ apiKey: this.env.RUNAPI_API_KEY, baseUrl: this.env.RUNAPI_BASE_URL })

    // The instance's id is the idempotency key: a step that is run again gets the same task, paid once.
    const bought = await step.do('create', async () => {
      const { prompt } = payload
      const task = await runapi.hailuo
        .textToVideo({ model: 'hailuo-02-text-to-video-standard', prompt }, { idempotencyKey: instanceId })
        .catch(refuse)
      return { task: task.toJSON(), delayMs: nextDelay(task) }
    })

    // Delays come out of steps, because they must be the same when the engine replays this function.
    let { delayMs } = bought
    for (let polls = 1; polls <= MOST_POLLS; polls++) {
      await step.sleep(`before poll ${polls}`, delayMs)
      const seen = await step.do(`poll ${polls}`, async () => {
        const task = runapi.task(bought.task)
        const state = await task.poll()
        if (state.status === 'failed') throw new NonRetryableError(state.error.message)
        const url = state.status === 'completed' ? state.videos[0].url : undefined
        return { url, delayMs: nextDelay(task, { attempt: polls }) }
      })
      const { url } = seen
      if (url !== undefined) return step.do('download', () => this.keep(runapi, url, `${instanceId}.mp4`))
      delayMs = seen.delayMs
    }
    throw new NonRetryableError(`${bought.task.id} is still going after ${MOST_POLLS} polls`)
  }

  private async keep(runapi: RunApiClient, url: string, name: string): Promise<string> {
    const { body } = await runapi.download({ url })
    await this.env.VIDEOS.put(name, await new Response(body).arrayBuffer())
    return name
  }
}

/** Where nothing was bought and no second try would help, the order fails for good. Else the step is tried again, with the same key. */
const refuse = (error: unknown): never => {
  const isFinal = RunApiError.is(error) && !error.retryable
  throw isFinal ? new NonRetryableError(error.message) : error
}

/** The order in a body. One without an id of its own could be bought twice, so it is refused. */
const orderIn = (body: unknown) => {
  const { orderId, prompt } = Object(body) as Record<string, unknown>
  const isOrder = typeof orderId === 'string' && ID.test(orderId) && typeof prompt === 'string'
  return isOrder ? { orderId, prompt } : undefined
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.method === 'POST') {
      const order = orderIn(await request.json().catch(() => undefined))
      if (order === undefined)
        return new Response('orderId must be 1 to 100 letters, digits, _ and -, and prompt a text', {
          status: 400,
        })
      const { id } = await env.ORDERS.create({ id: order.orderId, params: { prompt: order.prompt } })
        // It was sent before, and has its instance.
        .catch(() => env.ORDERS.get(order.orderId))
      return Response.json({ orderId: id }, { status: 202 })
    }
    const id = new URL(request.url).pathname.slice(1)
    const order = ID.test(id) ? await env.ORDERS.get(id).catch(() => undefined) : undefined
    if (order === undefined) return new Response('not found', { status: 404 })
    const { status, output, error } = await order.status()
    return Response.json({ status, output, error })
  },
}
