import type { Video } from '../contract/task-state'
import type { UploadedFile } from '../contract/uploaded-file'

/** The rule of one field, as data. */
export interface FieldRule {
  /** The kind of value: text that is not blank, an http(s) URL, a boolean, or one of `allowed`. */
  readonly kind: 'text' | 'url' | 'flag' | 'one_of'
  /** Whether the field is required. */
  readonly required: boolean
  /** All allowed values, if they can be listed. */
  readonly allowed?: readonly (string | number | boolean)[]
  /** Whether the URL is that of an input file, for which an uploaded file and a video of a result can stand. */
  readonly file?: boolean
  /** The meaning of the field, for people and models that fill it in. */
  readonly description?: string
}

/** The fields that one model takes, with the rule of each. */
export type FieldRules = Readonly<Record<string, FieldRule>>

/** A column of a model table: a rule, and the type of the values it lets through. */
export interface Column<T> extends FieldRule {
  /** What to say if the field is passed to a model that does not support it. */
  readonly unsupported?: string
  readonly '~value'?: T
}

/** A column whose field may be left out. */
export interface OptionalColumn<T> extends Column<T> {
  readonly required: false
}

export type Columns = Readonly<Record<string, Column<unknown>>>

/** Text that is not blank. */
export const text: Column<string> = { kind: 'text', required: true }

/** A web URL: http or https. Only the service knows whether it can fetch it. */
export const httpUrl: Column<string | URL> = { kind: 'url', required: true }

/** The URL of an input file, or something that has one: a file that was uploaded, a video of another task. */
export const fileUrl: Column<string | URL | UploadedFile | Video> = {
  kind: 'url',
  required: true,
  file: true,
}

/** A boolean. */
export const flag: Column<boolean> = { kind: 'flag', required: true, allowed: [true, false] }

/** One of the values that are listed. */
export const oneOf = <const T extends string | number>(...allowed: readonly T[]): Column<T> => ({
  kind: 'one_of',
  required: true,
  allowed,
})

/** The same column for a field that may be left out. `unsupported` is the answer of models that do not support it. */
export const optional = <T>(column: Column<T>, unsupported?: string): OptionalColumn<T> => ({
  ...column,
  required: false,
  ...(unsupported !== undefined && { unsupported }),
})

/** The same column with its meaning in words: the TSDoc of the field, for those who see only data. */
export const described = <C extends Column<unknown>>(description: string, column: C): C => ({
  ...column,
  description,
})

/** Both, with the TSDoc of both: the types that TypeScript writes for a spread have lost it. */
export const joined = <const A extends Columns, const B extends Columns>(first: A, second: B): A & B => ({
  ...first,
  ...second,
})
