// Tools for an agent of AI SDK 7: one that buys a video and answers at once, one that looks at it.
import { createHash } from 'node:crypto'
import { jsonSchema, tool } from 'ai'
import { type EndpointParams, RunApiClient, RunApiError, schemas } from 'runapi-video'
import { openLedger } from 'runapi-video/ledger'
import { fileStore } from 'runapi-video/node'

// Agents forget and repeat themselves: the ledger knows what was bought, and refuses what does not fit the limit.
const ledger = openLedger(fileStore('videos.jsonl'), { limit: { cents: 500, per: 'day' } })
const runapi = new RunApiClient({ ledger })

type Params = EndpointParams<'hailuo.textToVideo'>
const rules = schemas.hailuo.textToVideo['~standard']

export const makeVideo = tool({
  description:
    'Buys a video and answers at once with its order. Costs money. Never ask twice for one that is under way.',
  // Within an object, because some models take no union as the whole input of a tool.
  inputSchema: jsonSchema<{ video: Params }>({
    type: 'object',
    properties: { video: rules.jsonSchema.input({ target: 'draft-07' }) },
    required: ['video'],
    additionalProperties: false,
  }),
  execute: async ({ video }) => {
    // The same request is the same order, whoever asks.
    const asked = JSON.stringify(Object.entries(video).sort())
    const order = createHash('sha256').update(asked).digest('hex').slice(0, 32)
    try {
      const task = await runapi.hailuo.textToVideo(video, { idempotencyKey: order })
      return {
        order,
        task: task.id,
        next: 'It takes one to two minutes. Then call lookAtVideo with this order.',
      }
    } catch (error) {
      // An agent can mend what it is told; what is no error of the purchase is not for it.
      if (!RunApiError.is(error)) throw error
      return { order, error: error.message }
    }
  },
})

export const lookAtVideo = tool({
  description: 'Tells where the video of an order stands, and its URL when it is there. Free.',
  inputSchema: jsonSchema<{ order: string }>({
    type: 'object',
    properties: { order: { type: 'string' } },
    required: ['order'],
    additionalProperties: false,
  }),
  execute: async ({ order }) => {
    const known = await ledger.order(order)
    if (!known) return { error: 'There is no such order. Take the one that makeVideo gave.' }
    try {
      const task = await runapi.resume(known)
      const state = await task.poll()
      if (state.status === 'completed') return { status: state.status, url: state.videos[0].url }
      if (state.status === 'failed') return { status: state.status, reason: state.error.message }
      return { status: state.status, next: 'Look again in 20 seconds.' }
    } catch (error) {
      if (!RunApiError.is(error)) throw error
      return { error: error.message }
    }
  },
})
