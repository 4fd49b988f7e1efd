import {
  type CreateMethod,
  type FieldRules,
  NotFoundError,
  type RunApiClient,
  type RunApiError,
  type Task,
  type TaskState,
} from '../index'
import { readOrder } from './order'
import { generationOf, notYetKnown, startOf, statusOf } from './results'
import { sdkError } from './sdk-error'
import type { CallWarning, RunApiVideoModel, VideoCallOptions } from './types'
import type { Uploads } from './uploads'

/** The client for one call of the SDK: each of its requests carries the headers of the call. */
export type WithHeaders = (given: VideoCallOptions['headers']) => RunApiClient

interface VideoModelInit {
  modelId: string
  /** Such as `['hailuo', 'textToVideo']`. */
  endpoint: readonly [family: string, method: string]
  rules: FieldRules
  withHeaders: WithHeaders
  uploads: Uploads
  now: () => number
}

/** One model of an endpoint as the AI SDK calls it. Nothing in it uses `this`: `ai@7` calls it through a proxy. */
export const videoModel = ({
  modelId,
  endpoint: [family, method],
  rules,
  withHeaders,
  uploads,
  now,
}: VideoModelInit): RunApiVideoModel => {
  const model = { modelId, rules }
  const url = (): string => {
    const { baseUrl = '' } = withHeaders(undefined).task(`${family}.${method}`, 'any').toJSON()
    const action = method.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    return `${baseUrl}/api/v1/${family}/${action}`
  }
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
      const { warnings, options, ...order } = readOrder(model, call, webhookUrl)
      hasKey = options.idempotencyKey !== undefined
      const scoped = withHeaders(call.headers)
      const params = await uploads(scoped, order, options.signal)
      const create = Reflect.get(Reflect.get(scoped, family), method) as CreateMethod<object>
      const task: Task = await create(params, options)
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
      return startOf(task, { atMs: now(), modelId, warnings, awaited: webhook.awaited })
    },

    doStatus: ({ operation, abortSignal: signal, headers }) => {
      const ask = async () => {
        const task: Task = withHeaders(headers).task(operation as never)
        let state: TaskState | undefined = await task.poll({ signal }).catch((error: unknown) => {
          if (isEarly(error, task, now())) return undefined
          throw error
        })
        // Anyone can send a delivery. The SDK asks once after it, and gives up if the task is not done.
        if (isAwaited(operation) && !(state && isTerminal(state)))
          for await (const seen of task.updates({ signal })) state = seen
        return state ? statusOf(task, state, modelId) : notYetKnown(task, { atMs: now(), modelId })
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

// As in a wait of the library, a task that the service does not know yet counts as going on for a while.
const GRACE_MS = 10_000

const isEarly = (error: unknown, { createdAt }: Task, nowMs: number): boolean =>
  error instanceof NotFoundError && createdAt !== undefined && nowMs - Date.parse(createdAt) < GRACE_MS

const isTerminal = ({ status }: TaskState): boolean => status === 'completed' || status === 'failed'

// A fragment is never sent, so it can tell `doStart`, which hears of nothing but the URL, that the SDK itself waits for
// the delivery. `experimental_startVideo` gives a URL too, and asks for the status whenever it likes.
const MARK = '#runapi-awaited'

const markAwaited = (url: string): string => url + MARK

/** The URL to register, and whether the SDK waits for a delivery to it. */
const readWebhookUrl = (url: string | undefined): { url: string | undefined; awaited: boolean } =>
  url?.endsWith(MARK) ? { url: url.slice(0, -MARK.length), awaited: true } : { url, awaited: false }

/** Whether the status of this operation is asked after a delivery. */
const isAwaited = (operation: unknown): boolean =>
  (operation as { awaited?: unknown } | null | undefined)?.awaited === true
