import type { Column, OptionalColumn } from './columns'
import type { ModelSchema } from './model-schema'

/** A schema that knows its table, so that `ModelParams` can read the parameters of one model off it. */
export interface ModelTable<Every, Some, Models, Default>
  extends ModelSchema<TableParams<Every, Some, Models, Default>> {
  readonly '~table'?: () => [Every, Some, Models, Default]
}

/** The parameters of one model of a table. */
export type ModelParams<Table, Model> =
  Table extends ModelTable<infer Every, infer Some, infer Models, infer Default>
    ? Model extends keyof Models
      ? RowParams<Every, Some, Models[Model], Model, Default>
      : never
    : never

export type TableParams<Every, Some, Models, Default> = {
  [Model in keyof Models]: RowParams<Every, Some, Models[Model], Model, Default>
}[keyof Models]

type RowParams<Every, Some, Row, Model, Default> = ModelField<Model, Default> &
  Fields<Every> &
  Fields<Narrowed<Some, Row>>

type ModelField<Model, Default> = [Model] extends [Default]
  ? {
      /** The model. Filled in where it is left out. */
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

type Narrowed<Some, Row> = {
  [K in keyof Some as K extends keyof Row ? K : never]: K extends keyof Row ? Narrow<Some[K], Row[K]> : never
}

type Narrow<C, Cell> = Cell extends readonly (infer T)[]
  ? C extends OptionalColumn<unknown>
    ? OptionalColumn<T>
    : Column<T>
  : C
