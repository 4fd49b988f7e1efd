import type { ModelEndpoint } from '../models/endpoint'
import { type EndpointName, type EndpointParams, families } from '../models/families'
import type { ModelOf } from '../schema/model-types'

/** The models that this release knows, such as `'hailuo-2.3-image-to-video-pro'`. */
export type RunApiVideoModelId = {
  [Name in EndpointName]: ModelOf<EndpointParams<Name>>
}[EndpointName]

const endpoints = Object.values(families).flatMap((family): ModelEndpoint<string, never>[] =>
  Object.values(family),
)

/** The endpoint that makes videos with this model. */
export const endpointOfModel = (modelId: string): ModelEndpoint<string, never> | undefined =>
  endpoints.find(({ params }) => Object.hasOwn(params.models, modelId))

export const modelIds = (): string[] => endpoints.flatMap(({ params }) => Object.keys(params.models))
