import type { Columns, FieldRule, FieldRules } from './columns'
import { type JsonSchemaConverter, jsonSchemaOf } from './json-schema'
import type { ModelTable, Value } from './model-types'
import { paramsCheck } from './params-check'

/** The cell of a model that supports a column unchanged. */
export const supported = 'supported'

// A list is the part of the column's values that this model supports.
type Cell<T> = typeof supported | (string extends T ? never : readonly T[])
type Row<PerModel> = { readonly [K in keyof PerModel]?: Cell<Value<PerModel[K]>> }
type Values<C> = { readonly [K in keyof C]?: Value<C[K]> }
type NoOtherKeys<Models, PerModel> = {
  readonly [M in keyof Models]: { readonly [K in Exclude<keyof Models[M], keyof PerModel>]: never }
}

export interface TableInit<Shared, PerModel, Models, Default> {
  /** The columns that all models share. */
  readonly shared: Shared
  /** The columns that only some models support. */
  readonly perModel?: PerModel
  /** One row a model: its cells in the columns of `perModel`. A column without a cell is refused. */
  readonly models: Models & NoOtherKeys<Models, PerModel>
  /** The model that is filled in if it is left out. */
  readonly defaultModel?: Default
  /** Values of several fields that are allowed alone but not together. */
  readonly forbidden?: readonly NoInfer<Values<Shared & PerModel>>[]
  /** What the names of other endpoints' models look like, to say where they belong. */
  readonly hints?: Readonly<Record<string, RegExp>>
}

/** The rules of an endpoint's `params` as a table: one row a model, one column a field. */
export const modelTable = <
  const Shared extends Columns,
  const Models extends Readonly<Record<string, Row<PerModel>>>,
  const PerModel extends Columns = Readonly<Record<never, never>>,
  const Default extends keyof Models & string = never,
>(
  init: TableInit<Shared, PerModel, Models, Default>,
): ModelTable<Shared, PerModel, Models, Default> => {
  const {
    shared,
    perModel = {},
    defaultModel,
    forbidden,
    hints,
  }: TableInit<Columns, Columns, object, string> = init
  const models = Object.fromEntries(
    Object.entries<Row<Columns>>(init.models).map(([name, row]) => [
      name,
      { ...shared, ...rulesOf(row, perModel) },
    ]),
  )
  const model: FieldRule = {
    kind: 'one_of',
    required: defaultModel === undefined,
    allowed: Object.keys(models),
    description: MODEL_DESCRIPTION,
  }
  const columns = { ...shared, ...perModel }
  const validate = paramsCheck({ model, models, columns, defaultModel, forbidden, hints })
  const rules = { model, models, forbidden: forbidden ?? [] }
  const jsonSchema: JsonSchemaConverter = {
    input: (options) => jsonSchemaOf(rules, options, { modelRequired: false }),
    output: (options) => jsonSchemaOf(rules, options, { modelRequired: true }),
  }
  return {
    models,
    // What `fieldRulesOf` reads.
    '~columns': columns,
    '~standard': { version: 1, vendor: 'runapi-video', validate, jsonSchema },
  } as ModelTable<Shared, PerModel, Models, Default>
}

const MODEL_DESCRIPTION = 'The model. Which other fields there are depends on it.'

const rulesOf = (row: Row<Columns>, perModel: Columns): FieldRules =>
  Object.fromEntries(
    Object.entries(perModel).flatMap(([name, column]) => {
      const cell = row[name]
      if (cell === undefined) return []
      return [[name, cell === supported ? column : { ...column, allowed: cell as readonly string[] }]]
    }),
  )
