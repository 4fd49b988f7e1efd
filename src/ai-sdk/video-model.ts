import type { RunApiClient } from '../client'
import type { Task } from '../contract/task-handle'
import { isTerminal, type TaskState } from '../contract/task-state'
import type { RunApiError } from '../errors/run-api-error'
import type { ModelEndpoint } from '../models/endpoint'
import { sessionOf } from '../session'
import { createMethod } from '../task/create'
import { isEarly } from '../task/status'
import { coreOf } from '../task/task'
import { isAwaited, markAwaited, readWebhookUrl } from './awaited-webhook'
import type { CallWarning, VideoCallOptions } from './call-options'
import { readOrder } from './read-order'
import { generationOf, notYetKnown, startOf, statusOf } from './results'
import { sdkError } from './sdk-error'
import type { Uploads } from './uploads'
import type { RunApiVideoModel } from './video-model-types'
import type { WithHeaders } from './with-headers'

interface VideoModelInit {
  client: RunApiClient
  withHeaders: WithHeaders
  uploads: Uploads
  endpoint: ModelEndpoint<string, never>
  modelId: string
}

/** One model of an endpoint as the AI SDK calls it. Nothing in it uses `this`: `ai@7` calls it through a proxy. */
export const videoModel = ({
  client,
  withHeaders,
  uploads,
  endpoint,
  modelId,
}: VideoModelInit): RunApiVideoModel => {
  const model = { modelId, rules: endpoint.params.models[modelId as never] }
  const { settings } = sessionOf(client)
  const url = (): string => settings.baseUrl().href + endpoint.path
  const attempt = async <T>(
    work: () => Promise<T>,
    signal: AbortSignal | undefined,
    mayRepeat: (error: RunApiError) => boolean,
  ): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw sdkError(error, { url, signal, mayRepeat })
    }
  }

  const buy = (
    call: VideoCallOptions,
    webhookUrl?: string,
  ): Promise<{ task: Task; warnings: CallWarning[] }> => {
    let hasKey = false
    const work = async () => {
      const { params, options, warnings } = readOrder(model, call, webhookUrl)
      hasKey = options.idempotencyKey !== undefined
      const scoped = withHeaders(call.headers)
      const placed = await uploads(scoped, params, options.signal)
      const task: Task = await createMethod(sessionOf(scoped), endpoint)(placed as never, options)
      if (task.replayed) warnings.push({ type: 'other', message: REPLAYED })
      return { task, warnings }
    }
    return attempt(work, call.abortSignal, (error) => error.retryable && (hasKey || boughtNothing(error)))
  }

  return {
    specificationVersion: 'v3',
    provider: 'runapi',
    modelId,
    maxVideosPerCall: 1,

    doGenerate: async (call) => {
      const { task, warnings } = await buy(call)
      const state = await attempt(
        () => task.wait({ signal: call.abortSignal }),
        call.abortSignal,
        // The task is bought, and the SDK would begin with a create again.
        () => false,
      )
      return generationOf(task, state, { modelId, warnings })
    },

    doStart: async (call) => {
      const webhook = readWebhookUrl(call.webhookUrl)
      const { task, warnings } = await buy(call, webhook.url)
      return startOf(task, { atMs: settings.clock.now(), modelId, warnings, awaited: webhook.awaited })
    },

    doStatus: ({ operation, abortSignal: signal, headers }) => {
      const ask = async () => {
        const task: Task = withHeaders(headers).task(operation as never)
        let state: TaskState | undefined = await task.poll({ signal }).catch((error: unknown) => {
          if (isEarly(error, coreOf(task))) return undefined
          throw error
        })
        // Anyone can send a delivery. The SDK asks once after it, and gives up what is not done then.
        if (isAwaited(operation) && !(state && isTerminal(state)))
          for await (const seen of task.updates({ signal })) state = seen
        return state
          ? statusOf(task, state, modelId)
          : notYetKnown(task, { atMs: settings.clock.now(), modelId })
      }
      return attempt(ask, signal, ({ retryable }) => retryable)
    },

    handleWebhookOption: async ({ webhook }) => {
      const { url: webhookUrl, received } = await webhook()
      return { webhookUrl: markAwaited(webhookUrl), received }
    },
  }
}

const REPLAYED =
  'the idempotency key had been used: this is the video of that purchase, and nothing was bought again'

const CERTAIN = new Set<RunApiError['code']>(['rate_limit', 'connection', 'request_timeout'])

/**
 * Whether it is certain that a create without a key of the caller's bought nothing: it was refused or never sent, or an
 * upload before it failed. The SDK's next attempt would have another key.
 */
const boughtNothing = ({ code, idempotencyKey }: RunApiError): boolean =>
  idempotencyKey === undefined || CERTAIN.has(code)
