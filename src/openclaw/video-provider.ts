import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import {
  type CompletedState,
  type CreateOptions,
  NotFoundError,
  RunApiClient,
  type RunApiClientOptions,
  RunApiError,
  type Task,
} from '../index'
import { type OpenLedger, openLedger } from '../ledger'
import { fileStore } from '../node'
import { agentError } from './agent-error'
import { apiKeyFor, hasKey, KEY_VARIABLE, PROVIDER } from './api-key'
import type { GeneratedVideo, HostConfig, PluginApi, VideoProvider, VideoRequest, VideoResult } from './host'
import { AUTO, allCapabilities, capabilitiesOf, catalog, modelRows } from './model-capabilities'
import { type PlannedOrder, planOrder, RefusedRequest } from './order'

const MINUTE_MS = 60_000

interface PluginConfig {
  limit?: { cents: number; per?: 'day' | 'month' }
  repeatWindowMinutes?: number
  waitMinutes?: number
  baseUrl?: string
  ledgerPath?: string
}

const configOf = ({ pluginConfig }: PluginApi): PluginConfig => (pluginConfig ?? {}) as PluginConfig

/** Replacements that tests pass in. */
type Seams = Pick<RunApiClientOptions, 'fetch' | 'clock'>

/** The provider behind `video_generate`. */
export const videoProvider = (api: PluginApi, seams: Seams = {}): VideoProvider => ({
  id: PROVIDER,
  label: 'RunAPI (Luma, Hailuo)',
  defaultModel: AUTO,
  // The time limit of a request if neither it nor the configuration sets one.
  defaultTimeoutMs: ownWaitMs(configOf(api)),
  models: [AUTO, ...modelRows.map(({ model }) => model)],
  capabilities: allCapabilities(),
  catalogByModel: catalog(),
  isConfigured: (context) => hasKey(api, context),
  resolveModelCapabilities: ({ model }) => capabilitiesOf(model),
  generateVideo: async (request) => {
    try {
      return await generate(api, request, seams)
    } catch (error) {
      throw agentError(error)
    }
  },
})

const generate = async (api: PluginApi, request: VideoRequest, seams: Seams): Promise<VideoResult> => {
  const config = configOf(api)
  const planned = planOrder(request)
  const apiKey = await apiKeyFor(api, request)
  if (apiKey === undefined) {
    throw new RefusedRequest(
      `There is no RunAPI key. The user can set one with ${KEY_VARIABLE}, or with: openclaw models auth login --provider ${PROVIDER}`,
    )
  }
  const ledger = await sharedLedger(api, config)
  const { baseUrl } = config
  const runapi = new RunApiClient({ ...seams, apiKey, ledger, ...(baseUrl !== undefined && { baseUrl }) })
  try {
    const { task, collected } = await buyOrCollect(runapi, ledger, planned, {
      service: serviceOf(config),
      windowMs: (config.repeatWindowMinutes ?? 60) * MINUTE_MS,
      nowMs: seams.clock?.now() ?? Date.now(),
    })
    const state = await task.wait({ timeoutMs: waitMs(api, request, config) }).catch((error: unknown) => {
      throw collected && error instanceof NotFoundError
        ? lostTo(task, 'RunAPI does not show it to this key')
        : error
    })
    const videos = await videosOf(runapi, request, task, state)
    // A store that fails now must not cost the video: after an error, another provider would sell it again.
    if (task.idempotencyKey !== undefined) {
      await ledger.done(task.idempotencyKey).catch((error: Error) => api.logger?.warn(error.message))
    }
    return {
      videos,
      model: task.model ?? request.model,
      metadata: {
        taskId: task.id,
        endpoint: task.endpoint,
        idempotencyKey: task.idempotencyKey,
        collected,
        ...(state.costUsd !== undefined && { costUsd: state.costUsd }),
      },
    }
  } finally {
    await runapi.close()
  }
}

interface RepeatWindow {
  /** The service whose orders count: a video from the emulator is not one of the real service. */
  service: string
  /** How long after its purchase the same request collects it. */
  windowMs: number
  nowMs: number
}

/** The known order of this request, or a new one. Only a new one uploads anything. */
const buyOrCollect = async (
  runapi: RunApiClient,
  ledger: OpenLedger,
  planned: PlannedOrder,
  window: RepeatWindow,
): Promise<{ task: Task; collected: boolean }> => {
  const { key, order } = await findOrder(ledger, planned, window)
  if (order) return { task: await runapi.resume(order), collected: true }
  const params: Record<string, unknown> = { ...planned.params }
  for (const [field, { buffer, fileName, mimeType }] of Object.entries(planned.files)) {
    // The whole of what comes back: its content tells the ledger that another upload of the file asks for the same.
    params[field] = await runapi.files.upload(buffer, {
      ...(fileName !== undefined && { fileName }),
      ...(mimeType !== undefined && { contentType: mimeType }),
    })
  }
  const [family, method] = planned.endpoint.split('.') as ['luma', 'modifyVideo']
  // The parameters were checked against this very endpoint.
  const create = runapi[family][method] as (params: unknown, options: CreateOptions) => PromiseLike<Task>
  const task = await create(params, { idempotencyKey: key, tags: { from: 'openclaw' } })
  return { task, collected: task.replayed }
}

/**
 * The key of this request: the same while its purchase is younger than the window, whoever asks and in whichever
 * process. A generation that failed was not charged, so asking again is a new order.
 */
const findOrder = async (
  ledger: OpenLedger,
  { fingerprint }: PlannedOrder,
  { service, windowMs, nowMs }: RepeatWindow,
) => {
  const digest = createHash('sha256').update(`${service} ${fingerprint}`).digest('hex')
  for (let number = 1; ; number++) {
    const key = `openclaw-${digest.slice(0, 40)}-${number}`
    const order = await ledger.order(key)
    if (!order || order.status === 'refused' || order.status === 'written_off') return { key }
    const isRepeat = nowMs - Date.parse(order.at) < windowMs
    if (isRepeat && order.status !== 'failed') return { key, order }
  }
}

const serviceOf = ({ baseUrl }: PluginConfig): string => {
  const url = (baseUrl ?? process.env.RUNAPI_BASE_URL)?.trim() || 'https://runapi.ai'
  return URL.canParse(url) ? new URL(url).origin : url
}

// OpenClaw evaluates the modules of a plugin again and again, so what lives longer than a call hangs on the global scope.
const LEDGERS = Symbol.for('runapi-video.openclaw.ledgers')

const sharedLedger = async (api: PluginApi, config: PluginConfig): Promise<OpenLedger> => {
  const { limit, ledgerPath = 'runapi-video/ledger.jsonl' } = config
  // Relative to one place, whichever folder a process runs in: two ledgers would buy the same thing twice.
  const path = resolve(
    api.runtime.state.resolveStateDir(process.env),
    ledgerPath.replace(/^~(?=[/\\]|$)/, homedir()),
  )
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((error: Error) => {
    throw new RefusedRequest(
      `The folder of the ledger cannot be made: ${error.message}. The user can name another place by plugins.entries.runapi-video.config.ledgerPath.`,
    )
  })
  const holder = globalThis as { [LEDGERS]?: Map<string, OpenLedger> }
  holder[LEDGERS] ??= new Map()
  const id = JSON.stringify([path, limit])
  const ledger = holder[LEDGERS].get(id) ?? openLedger(fileStore(path), limit ? { limit } : {})
  holder[LEDGERS].set(id, ledger)
  return ledger
}

/**
 * How long to wait for a video that is paid for. When this call fails, OpenClaw asks the next provider and buys there
 * too, so if there is one, no shorter time than the plugin's own ends the wait.
 */
const waitMs = (api: PluginApi, request: VideoRequest, config: PluginConfig): number => {
  const ownMs = ownWaitMs(config)
  const asked = request.timeoutMs ?? ownMs
  return anotherCouldFollow(api, request) ? Math.max(asked, ownMs) : asked
}

const ownWaitMs = ({ waitMinutes = 10 }: PluginConfig): number => waitMinutes * MINUTE_MS

const anotherCouldFollow = (api: PluginApi, { cfg, agentDir }: VideoRequest): boolean => {
  // Another of our own models may be listed there too.
  if ((agentDefaults(cfg).mediaModels?.video?.fallbacks?.length ?? 0) > 0) return true
  const context = { cfg, ...(agentDir !== undefined && { agentDir }) }
  try {
    const providers = api.runtime.videoGeneration?.listProviders({ config: cfg }) ?? []
    return providers.some(({ id, isConfigured }) => id !== PROVIDER && (isConfigured?.(context) ?? true))
  } catch {
    return true
  }
}

/** Bytes and URL both: OpenClaw stores the bytes, and delivers the URL if they are over its cap. */
const videosOf = (
  runapi: RunApiClient,
  { cfg }: VideoRequest,
  task: Task,
  { videos }: CompletedState,
): Promise<GeneratedVideo[]> =>
  Promise.all(
    videos.map(async ({ url }, index) => {
      const number = index === 0 ? '' : `-${index + 1}`
      // This name is all that agents see of the task.
      const fileName = `runapi-${task.id.replace(/[^\w-]/g, '_')}${number}.mp4`
      try {
        const { body, contentType } = await runapi.download({ url }, { maxBytes: mediaCap(cfg) })
        const buffer = Buffer.from(await new Response(body).arrayBuffer())
        return { buffer, url, fileName, mimeType: contentType?.startsWith('video/') ? contentType : MP4 }
      } catch (error) {
        if (!RunApiError.is(error)) throw error
        if (error.code === 'result_expired') throw lostTo(task, 'its file is gone from RunAPI')
        // The URL lives for days, and OpenClaw can deliver it.
        return { url, fileName, mimeType: MP4, metadata: { notDownloaded: error.message } }
      }
    }),
  )

/** The error of a paid task whose video can no longer be fetched. */
const lostTo = (task: Task, why: string): Error =>
  new Error(
    `the video was bought as task ${task.id}, and ${why}. To buy the same video anew, pass providerOptions: { "take": 2 }, or the next number`,
  )

const MP4 = 'video/mp4'
const DEFAULT_CAP_MB = 16

const mediaCap = (cfg: HostConfig): number => {
  const megabytes = agentDefaults(cfg).mediaMaxMb
  return (typeof megabytes === 'number' && megabytes > 0 ? megabytes : DEFAULT_CAP_MB) * 1024 * 1024
}

interface AgentDefaults {
  mediaMaxMb?: unknown
  mediaModels?: { video?: { fallbacks?: readonly unknown[] } }
}

const agentDefaults = (cfg: HostConfig): AgentDefaults =>
  (cfg as { agents?: { defaults?: AgentDefaults } }).agents?.defaults ?? {}
