import type { FieldRules } from './broken-rules'
import type { Columns, FieldRule } from './columns'
import type { ModelTable, Value } from './model-params'
import { paramsCheck } from './params-check'

/** The cell of a model that takes a column as it stands. */
export const takes = 'takes'

// A list is the part of the column's values that this model takes.
type Cell<T> = typeof takes | (string extends T ? never : readonly T[])
type Row<Some> = { readonly [K in keyof Some]?: Cell<Value<Some[K]>> }
type Values<C> = { readonly [K in keyof C]?: Value<C[K]> }
type NoOtherKeys<Models, Some> = {
  readonly [M in keyof Models]: { readonly [K in Exclude<keyof Models[M], keyof Some>]: never }
}

export interface TableInit<Every, Some, Models, Default> {
  /** The columns of every model. */
  readonly every: Every
  /** The columns that only some models take. */
  readonly some?: Some
  /** One row a model: its cells in the columns of `some`. A column without a cell is refused. */
  readonly models: Models & NoOtherKeys<Models, Some>
  /** The model that is filled in where it is left out. */
  readonly defaultModel?: Default
  /** Values of several fields that are allowed one by one and not together. */
  readonly never?: readonly NoInfer<Values<Every & Some>>[]
  /** What the names of other endpoints' models look like, to say where they belong. */
  readonly elsewhere?: Readonly<Record<string, RegExp>>
}

/** The rules of an endpoint's parameters as a table: one row a model, one column a field. */
export const modelTable = <
  const Every extends Columns,
  const Models extends Readonly<Record<string, Row<Some>>>,
  const Some extends Columns = Readonly<Record<never, never>>,
  const Default extends keyof Models & string = never,
>(
  init: TableInit<Every, Some, Models, Default>,
): ModelTable<Every, Some, Models, Default> => {
  const {
    every,
    some = {},
    defaultModel,
    never,
    elsewhere,
  }: TableInit<Columns, Columns, object, string> = init
  const models = Object.fromEntries(
    Object.entries<Row<Columns>>(init.models).map(([name, row]) => [
      name,
      { ...every, ...rulesOf(row, some) },
    ]),
  )
  const model: FieldRule = {
    kind: 'one_of',
    required: defaultModel === undefined,
    allowed: Object.keys(models),
  }
  const validate = paramsCheck({
    model,
    models,
    columns: { ...every, ...some },
    defaultModel,
    never,
    elsewhere,
  })
  return { models, '~standard': { version: 1, vendor: 'runapi-video', validate } } as ModelTable<
    Every,
    Some,
    Models,
    Default
  >
}

const rulesOf = (row: Row<Columns>, some: Columns): FieldRules =>
  Object.fromEntries(
    Object.entries(some).flatMap(([name, column]) => {
      const cell = row[name]
      if (cell === undefined) return []
      return [[name, cell === takes ? column : { ...column, allowed: cell as readonly string[] }]]
    }),
  )
