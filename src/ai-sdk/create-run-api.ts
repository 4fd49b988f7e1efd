import {
  ConfigurationError,
  type EndpointName,
  type EndpointParams,
  type FieldRules,
  type ModelOf,
  RunApiClient,
  type RunApiClientOptions,
  schemas,
  VERSION,
} from '../index'
import { lowerCased } from './order'
import { hide, mark } from './sdk-error'
import type { RunApiVideoModel } from './types'
import { createUploads } from './uploads'
import { videoModel, type WithHeaders } from './video-model'

/** The models that this release knows, such as `'hailuo-2.3-image-to-video-pro'`. */
export type RunApiVideoModelId = {
  [Name in EndpointName]: ModelOf<EndpointParams<Name>>
}[EndpointName]

const models = Object.entries(schemas).flatMap(([family, methods]) =>
  Object.entries<{ models: Record<string, FieldRules> }>(methods).flatMap(([method, schema]) =>
    Object.entries(schema.models).map(([modelId, rules]) => {
      return { modelId, rules, endpoint: [family, method] as const }
    }),
  ),
)

const modelNamed = (modelId: string) => models.find((model) => model.modelId === modelId)

/** RunAPI's models as a provider of the AI SDK. */
export interface RunApiProvider {
  readonly specificationVersion: 'v3'
  /** The client underneath: for handles, uploads, downloads, prices, and `close()`. */
  readonly client: RunApiClient
  /**
   * A video model. Works under `ai@6` and `ai@7`.
   * @throws {ConfigurationError} for a model that this release does not know
   */
  video(modelId: RunApiVideoModelId): RunApiVideoModel
  /** The same, under the name that registries use. */
  videoModel(modelId: string): RunApiVideoModel
  /** @throws {ConfigurationError} always: RunAPI's video endpoints have no such models */
  languageModel(modelId: string): never
  /** @throws {ConfigurationError} always */
  embeddingModel(modelId: string): never
  /** @throws {ConfigurationError} always */
  imageModel(modelId: string): never
}

/**
 * A provider of the AI SDK, with a client of its own. Like a client it does no I/O until the first call.
 *
 * @throws {ConfigurationError} for an option with an invalid value
 *
 * @example
 * const runapi = createRunApi() // reads RUNAPI_API_KEY
 * const { video } = await generateVideo({ model: runapi.video('hailuo-02-text-to-video-pro'), prompt: 'Rain' })
 */
export const createRunApi = (options?: RunApiClientOptions): RunApiProvider => {
  const client = new RunApiClient(options)
  const now = (): number => options?.clock?.now() ?? Date.now()
  const shared = {
    now,
    withHeaders: createWithHeaders(client, options?.headers),
    uploads: createUploads(now),
  }
  const video = (modelId: string): RunApiVideoModel => {
    const model = modelNamed(modelId)
    return model ? videoModel({ ...shared, ...model }) : refuse(modelId, 'videoModel')
  }
  return {
    specificationVersion: 'v3',
    client,
    video,
    videoModel: video,
    languageModel: (modelId) => refuse(modelId, 'languageModel'),
    embeddingModel: (modelId) => refuse(modelId, 'embeddingModel'),
    imageModel: (modelId) => refuse(modelId, 'imageModel'),
  }
}

/** Throws what the SDK knows as its `NoSuchModelError`. */
const refuse = (modelId: string, modelType: string): never => {
  const error = new ConfigurationError(
    `modelId: no ${modelType} of this name is known; video() takes ${models.map(({ modelId }) => modelId).join(', ')}`,
  )
  mark(error, 'vercel.ai.error')
  mark(error, 'vercel.ai.error.AI_NoSuchModelError')
  hide(error, 'modelId', String(modelId))
  hide(error, 'modelType', modelType)
  throw error
}

const createWithHeaders = (client: RunApiClient, ofClient: RunApiClientOptions['headers']): WithHeaders => {
  const ours = lowerCased(ofClient)
  // Kept, because nearly every call has the same ones, and a client warns of a strange status word once.
  let last: { text: string; client: RunApiClient } | undefined
  return (given) => {
    const { 'idempotency-key': _, 'user-agent': theirs, ...headers } = lowerCased(given)
    const named = ours['user-agent'] ?? `runapi-video/${VERSION}`
    const agent = theirs === undefined || isBrowser() ? {} : { 'user-agent': `${named} ${theirs}` }
    const all = { ...ours, ...headers, ...agent }
    const text = JSON.stringify(all)
    if (last?.text !== text) last = { text, client: client.withOptions({ headers: all }) }
    return last.client
  }
}

// A browser would ask the server's leave for this header first.
const isBrowser = (): boolean => globalThis.navigator?.userAgent?.startsWith('Mozilla/') === true
