import type { Column, FieldRules, OptionalColumn } from './columns'
import type { JsonSchemaConverter } from './json-schema'
import type { StandardResult, StandardSchema } from './standard-schema'

/** The rules of an endpoint's parameters. A Standard Schema, so forms and queues can check before they call. */
export interface ModelSchema<Params> extends StandardSchema<Params> {
  /** Every model with the other fields that it takes, as data: for pickers and forms. */
  readonly models: Readonly<Record<ModelOf<Params>, FieldRules>>
  readonly '~standard': Omit<StandardSchema<Params>['~standard'], 'validate'> & {
    /** Synchronous; its messages are those of `ValidationError`. */
    readonly validate: (value: unknown) => StandardResult<Params>
    /** The same rules as JSON Schema, for forms and for the tools of agents. */
    readonly jsonSchema: JsonSchemaConverter
  }
}

/** The names of the models that the parameters can be for. */
export type ModelOf<Params> = Params extends { model?: infer Model } ? Extract<Model, string> : never

/** A schema that knows its table, so that `ModelParams` can read the parameters of one model off it. */
export interface ModelTable<Shared, PerModel, Models, Default>
  extends ModelSchema<TableParams<Shared, PerModel, Models, Default>> {
  readonly '~table'?: () => [Shared, PerModel, Models, Default]
}

/** The parameters of one model of a table. */
export type ModelParams<Table, Model> =
  Table extends ModelTable<infer Shared, infer PerModel, infer Models, infer Default>
    ? Model extends keyof Models
      ? RowParams<Shared, PerModel, Models[Model], Model, Default>
      : never
    : never

export type TableParams<Shared, PerModel, Models, Default> = {
  [Model in keyof Models]: RowParams<Shared, PerModel, Models[Model], Model, Default>
}[keyof Models]

type RowParams<Shared, PerModel, Row, Model, Default> = ModelField<Model, Default> &
  Fields<Shared> &
  Fields<Narrowed<PerModel, Row>>

type ModelField<Model, Default> = [Model] extends [Default]
  ? {
      /** The model. Filled in if it is left out. */
      model?: Model | undefined
    }
  : {
      /** The model. Which other fields there are depends on it. */
      model: Model
    }

/** The type of the values that a column lets through. */
export type Value<C> = C extends Column<infer T> ? T : never

// Both halves map over the keys of the literal, which is what carries its TSDoc to the reader's editor.
type Fields<C> = {
  -readonly [K in keyof C as C[K] extends OptionalColumn<unknown> ? never : K]: Value<C[K]>
} & {
  -readonly [K in keyof C as C[K] extends OptionalColumn<unknown> ? K : never]?: Value<C[K]> | undefined
}

type Narrowed<PerModel, Row> = {
  [K in keyof PerModel as K extends keyof Row ? K : never]: K extends keyof Row
    ? Narrow<PerModel[K], Row[K]>
    : never
}

type Narrow<C, Cell> = Cell extends readonly (infer T)[]
  ? C extends OptionalColumn<unknown>
    ? OptionalColumn<T>
    : Column<T>
  : C
