import { RunApiClient } from '../client'
import type { RunApiClientOptions } from '../contract/options'
import { ConfigurationError } from '../errors/configuration-error'
import { hide } from '../errors/run-api-error'
import { endpointOfModel, modelIds, type RunApiVideoModelId } from './model-endpoint-of'
import { mark } from './sdk-error'
import { createUploads } from './uploads'
import { videoModel } from './video-model'
import type { RunApiVideoModel } from './video-model-types'
import { createWithHeaders } from './with-headers'

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
  /** The same, under the name by which registries ask. */
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
 * @throws {ConfigurationError} for an option with a value that cannot work
 *
 * @example
 * const runapi = createRunApi() // reads RUNAPI_API_KEY
 * const { video } = await generateVideo({ model: runapi.video('hailuo-02-text-to-video-pro'), prompt: 'Rain' })
 */
export const createRunApi = (options?: RunApiClientOptions): RunApiProvider => {
  const client = new RunApiClient(options)
  const shared = { client, withHeaders: createWithHeaders(client), uploads: createUploads() }
  const video = (modelId: string): RunApiVideoModel => {
    const endpoint = endpointOfModel(modelId)
    return endpoint ? videoModel({ ...shared, endpoint, modelId }) : refuse(modelId, 'videoModel')
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
    `modelId: no ${modelType} of this name is known; video() takes ${modelIds().join(', ')}`,
  )
  mark(error, 'vercel.ai.error')
  mark(error, 'vercel.ai.error.AI_NoSuchModelError')
  hide(error, 'modelId', String(modelId))
  hide(error, 'modelType', modelType)
  throw error
}
