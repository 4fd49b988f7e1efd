import type { ModelSchema } from '../schema/model-schema'
import type { EndpointDefinition } from './endpoint'

/** An endpoint whose rules are a table of models. */
export interface ModelEndpoint<Name extends string, Params> extends EndpointDefinition<Name, Params> {
  readonly params: ModelSchema<Params>
}
