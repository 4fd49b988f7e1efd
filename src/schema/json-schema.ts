import { ConfigurationError } from '../errors/configuration-error'
import type { FieldRule, FieldRules } from './columns'

/** A JSON Schema, as plain data. */
export type JsonSchema = Record<string, unknown>

/** Options of writing a JSON Schema. */
export interface JsonSchemaOptions {
  /** `'draft-2020-12'`, `'draft-07'` or `'openapi-3.0'`. */
  readonly target: 'draft-2020-12' | 'draft-07' | 'openapi-3.0' | (string & {})
}

/** Writes schemas as JSON Schema, as the Standard JSON Schema interface (standardschema.dev) has it. */
export interface JsonSchemaConverter {
  /**
   * Returns the schema of the input parameters.
   *
   * @throws {ConfigurationError} for a target that is not known
   */
  readonly input: (options: JsonSchemaOptions) => JsonSchema
  /**
   * Returns the schema of the check's output: the same, with the model filled in.
   *
   * @throws {ConfigurationError} for a target that is not known
   */
  readonly output: (options: JsonSchemaOptions) => JsonSchema
}

interface Rules {
  readonly model: FieldRule
  readonly models: Readonly<Record<string, FieldRules>>
  readonly forbidden: readonly Readonly<Record<string, unknown>>[]
}

const DIALECTS: Readonly<Record<string, JsonSchema>> = {
  'draft-2020-12': { $schema: 'https://json-schema.org/draft/2020-12/schema' },
  'draft-07': { $schema: 'http://json-schema.org/draft-07/schema#' },
  'openapi-3.0': {},
}

/** One object a model; what no model takes is refused, as by the check itself. */
export const jsonSchemaOf = (
  { model, models, forbidden }: Rules,
  { target }: JsonSchemaOptions,
  { modelRequired }: { modelRequired: boolean },
): JsonSchema => {
  const dialect = Object.hasOwn(DIALECTS, target) ? DIALECTS[target] : undefined
  if (!dialect) {
    const known = Object.keys(DIALECTS).join(', ')
    throw new ConfigurationError(`target: must be one of ${known}`)
  }
  // OpenAPI 3.0 has no `const`.
  const only = (value: unknown): JsonSchema =>
    target === 'openapi-3.0' ? { enum: [value] } : { const: value }
  const objects = Object.entries(models).map(([name, rules]) => {
    const fields = { model: { ...model, required: modelRequired || model.required }, ...rules }
    const required = Object.keys(fields).filter((field) => fields[field as keyof typeof fields]?.required)
    const properties = Object.fromEntries(
      Object.entries(rules).map(([field, rule]) => [field, propertyOf(rule)]),
    )
    const excluded = forbidden.filter((values) => Object.keys(values).every((field) => field in rules))
    return {
      type: 'object',
      properties: { model: { type: 'string', ...only(name), ...descriptionOf(model) }, ...properties },
      required,
      additionalProperties: false,
      ...(excluded.length > 0 && {
        not: {
          anyOf: excluded.map((values) => ({
            properties: Object.fromEntries(
              Object.entries(values).map(([field, value]) => [field, only(value)]),
            ),
            required: Object.keys(values),
          })),
        },
      }),
    }
  })
  // No `type` beside `anyOf`: frameworks close every object that says `type`, and this one has no properties of its own.
  return objects.length === 1 ? { ...dialect, ...objects[0] } : { ...dialect, anyOf: objects }
}

const propertyOf = (rule: FieldRule): JsonSchema => ({ ...TYPES[rule.kind](rule), ...descriptionOf(rule) })

const descriptionOf = ({ description }: FieldRule): JsonSchema =>
  description === undefined ? {} : { description }

const TYPES: Record<FieldRule['kind'], (rule: FieldRule) => JsonSchema> = {
  text: () => ({ type: 'string', pattern: '\\S' }),
  url: () => ({ type: 'string', format: 'uri', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://\\S' }),
  flag: () => ({ type: 'boolean' }),
  one_of: ({ allowed = [] }) => ({
    type: typeof allowed[0] === 'number' ? 'integer' : 'string',
    enum: allowed,
  }),
}
