import type { EndpointDefinition } from '../endpoint'
import type { ModelSchema } from '../schema/model-schema'

/** An endpoint whose rules are a table of models. */
export interface ModelEndpoint<Name extends string, Params> extends EndpointDefinition<Name, Params> {
  readonly params: ModelSchema<Params>
}
