import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers'
import { NonRetryableError } from 'cloudflare:workflows'
import { advance, type Order, RunApiClient, type Step } from 'runapi-video'

interface Env {
  RUNAPI_API_KEY: string
  RUNAPI_BASE_URL?: string
  ORDERS: Workflow<{ prompt: string }>
  VIDEOS: R2Bucket
}

const MOST_TURNS = 100 // about a quarter of an hour
// A lost answer and an outage are tried again, with the same order.
const RETRIES = { retries: { limit: 10, delay: '1 second', backoff: 'exponential' } } as const
const ID = /^\w[\w-]{0,99}$/ // what Workflows takes as an instance's id

export class VideoOrder extends WorkflowEntrypoint<Env, { prompt: string }> {
  async run({ instanceId, payload }: WorkflowEvent<{ prompt: string }>, step: WorkflowStep) {
    const runapi = new RunApiClient({ apiKey: this.env.RUNAPI_API_KEY, baseUrl: this.env.RUNAPI_BASE_URL })
    const params = { model: 'hailuo-02-text-to-video-standard', prompt: payload.prompt }
    // The instance's id is the idempotency key: a step that is run again gets the same task, paid once.
    let order: Order = { key: instanceId, endpoint: 'hailuo.textToVideo', params }
    for (let turn = 1; turn <= MOST_TURNS; turn++) {
      // As text, because Cloudflare's types take no `unknown` for JSON.
      const text = await step.do(`turn ${turn}`, RETRIES, async () =>
        JSON.stringify(await advance(runapi, order)),
      )
      const seen: Step = JSON.parse(text)
      if ('refused' in seen) throw new NonRetryableError(String(seen.refused.message))
      if ('failed' in seen) throw new NonRetryableError(seen.failed.error.message)
      if ('completed' in seen) {
        const [{ url }] = seen.completed.videos
        return step.do('download', () => this.keep(runapi, url, `${instanceId}.mp4`))
      }
      order = seen.order
      await step.sleep(`after turn ${turn}`, seen.sleepMs)
    }
    throw new NonRetryableError(`${instanceId} is still going after ${MOST_TURNS} turns`)
  }

  private async keep(runapi: RunApiClient, url: string, name: string): Promise<string> {
    const { body } = await runapi.download({ url })
    await this.env.VIDEOS.put(name, await new Response(body).arrayBuffer())
    return name
  }
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
        return new Response('orderId must be 1 to 100 letters, digits, _ or -, and prompt must be a string', {
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
