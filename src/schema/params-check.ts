// Not zod/mini, whose classes add methods to those of the core that nobody calls here.
import * as z from 'zod/v4/core'
import { isWebUrl } from '../contract/task-state'
import { ownFields } from '../platform/own'
import type { Columns, FieldRule, FieldRules } from './columns'
import { received } from './received'
import { type BrokenRule, combinationIssue, type FieldIssue, issueOf } from './sentences'
import { withFileUrls } from './validate-params'

interface CheckInit {
  model: FieldRule
  models: Readonly<Record<string, FieldRules>>
  /** Every column of the table. */
  columns: Columns
  defaultModel?: string | undefined
  forbidden?: readonly Fields[] | undefined
  hints?: Readonly<Record<string, RegExp>> | undefined
}

type CheckResult = { value: object; issues?: undefined } | { issues: FieldIssue[] }

type Fields = Readonly<Record<string, unknown>>

/** The check behind a table's `~standard.validate`: lists every broken rule, and passes on exactly the fields given. */
export const paramsCheck = ({
  model,
  models,
  columns,
  defaultModel,
  forbidden = [],
  hints = {},
}: CheckInit) => {
  // Compiled at the first use of each model.
  const schemas = new Map<FieldRules | undefined, z.$ZodType>()

  return (params: unknown): CheckResult => {
    const given = readFields(params, columns)
    if ('issue' in given) return { issues: [given.issue] }
    const fields = ownFields<Record<string, unknown>>({ model: defaultModel, ...given.fields })

    const name = typeof fields.model === 'string' ? fields.model : ''
    const known = Object.hasOwn(models, name) ? models[name] : undefined
    const rules = { model, ...(known ?? optionalIn(columns, models)) }
    const schema = schemas.get(known) ?? schemaOf(rules)
    schemas.set(known, schema)
    const broken = brokenRulesIn(fields, schema)
    const context = { model: known && name, rules, columns, fields, hints }
    const wrong = new Set(broken.map(({ field }) => field))
    const violated = known ? forbidden.filter((combination) => isViolated(combination, fields, wrong)) : []
    const issues = [
      ...broken.map((each) => issueOf(each, context)),
      ...violated.map((combination) => combinationIssue(combination, rules, fields)),
    ]
    return issues.length > 0 ? { issues } : { value: { ...fields } }
  }
}

const isViolated = (combination: Fields, fields: Fields, wrong: ReadonlySet<string>): boolean =>
  Object.entries(combination).every(([name, value]) => fields[name] === value && !wrong.has(name))

// While the model is not known, only what every model requires is required.
const optionalIn = (columns: Columns, models: Readonly<Record<string, FieldRules>>): FieldRules =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => {
      const required = Object.values(models).every((rules) => rules[name]?.required)
      return [name, { ...column, required }]
    }),
  )

const readFields = (
  params: unknown,
  columns: Columns,
): { fields: Record<string, unknown> } | { issue: FieldIssue } => {
  const issue = { path: [], field: '', rule: 'type' }
  try {
    if (typeof params === 'object' && params !== null && !Array.isArray(params))
      return { fields: withFileUrls(columns, params) as Record<string, unknown> }
    return { issue: { ...issue, message: 'must be an object', received: received(params) } }
  } catch {
    // A getter or a proxy of the caller's may throw.
    return { issue: { ...issue, message: 'must be an object whose fields can be read' } }
  }
}

const schemaOf = (rules: FieldRules): z.$ZodType =>
  new z.$ZodObject({
    type: 'object',
    shape: Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, typeOf(rule)])),
    catchall: new z.$ZodNever({ type: 'never' }),
  })

/** Every rule that `fields`, own fields without `undefined`, break. */
const brokenRulesIn = (fields: Fields, schema: z.$ZodType): BrokenRule[] => {
  const result = z.safeParse(schema, fields, { error: ownSentences })
  return result.success ? [] : result.error.issues.flatMap((issue) => rulesBehind(issue, fields))
}

// Ours are written later, from the rule. zod shares its locale with the application's own copy, which may be anything.
const ownSentences = (): string => ''

// These are invisible too: zero-width characters, marks of direction, and the fillers of Hangul and Braille.
const VISIBLE = /[^\s\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\uffa0]/

// zod runs string checks only on strings.
const textCheck = (rule: BrokenRule['rule'], passes: (value: string) => boolean) => {
  const fn = passes as (value: unknown) => boolean
  return new z.$ZodCustom({ type: 'custom', check: 'custom', fn, params: { rule }, abort: true })
}

const notBlank = () => textCheck('not_blank', (value) => VISIBLE.test(value))

// Not z.url(): it lets `javascript:` pass, and costs more.
const webUrl = () => textCheck('url', isInputUrl)

const typeOf = (rule: FieldRule): z.$ZodType => {
  const innerType = types[rule.kind](rule)
  return rule.required ? innerType : new z.$ZodOptional({ type: 'optional', innerType })
}

const types: Record<FieldRule['kind'], (rule: FieldRule) => z.$ZodType> = {
  text: () => new z.$ZodString({ type: 'string', checks: [notBlank()] }),
  url: () => new z.$ZodString({ type: 'string', checks: [notBlank(), webUrl()] }),
  flag: () => new z.$ZodBoolean({ type: 'boolean' }),
  one_of: ({ allowed = [] }) => new z.$ZodLiteral({ type: 'literal', values: [...allowed] }),
}

const rulesBehind = (issue: z.$ZodIssue, fields: Fields): BrokenRule[] => {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((field) => ({ field, rule: 'unknown_field' }))
  const field = String(issue.path[0])
  if (!Object.hasOwn(fields, field)) return [{ field, rule: 'required' }]
  if (fields[field] === null) return [{ field, rule: 'null' }]
  if (issue.code === 'custom') return [{ field, rule: issue.params?.rule }]
  return [{ field, rule: issue.code === 'invalid_value' ? 'one_of' : 'type' }]
}

// `new URL` forgives much that other parsers do not: blanks around the URL, `https:example.com`.
const isInputUrl = (value: string): boolean =>
  /^https?:\/\/\S/i.test(value) && value === value.trim() && isWebUrl(value)
