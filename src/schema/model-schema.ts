import type { FieldRules } from './broken-rules'
import type { StandardResult, StandardSchema } from './standard-schema'

/** The rules of an endpoint's parameters. A Standard Schema, so forms and queues can check before they call. */
export interface ModelSchema<Params> extends StandardSchema<Params> {
  /** Every model with the other fields that it takes, as data: for pickers and forms. */
  readonly models: Readonly<Record<ModelOf<Params>, FieldRules>>
  readonly '~standard': Omit<StandardSchema<Params>['~standard'], 'validate'> & {
    /** Answers at once, with the sentences of `ValidationError`. */
    readonly validate: (value: unknown) => StandardResult<Params>
  }
}

/** The names of the models that some parameters can be for. */
export type ModelOf<Params> = Params extends { model?: infer Model } ? Extract<Model, string> : never
