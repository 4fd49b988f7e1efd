import { ownFields } from '../platform/own'
import { type BrokenRule, brokenRulesOf, type FieldRules, type Fields } from './broken-rules'
import type { Columns, FieldRule } from './columns'
import { type Combination, forbiddenCombinations } from './combinations'
import { withFileUrls } from './file-urls'
import { received } from './received'
import { type FieldIssue, issueOf } from './sentences'

export interface CheckInit {
  model: FieldRule
  models: Readonly<Record<string, FieldRules>>
  /** Every column of the table. */
  columns: Columns
  defaultModel?: string | undefined
  never?: readonly Combination[] | undefined
  elsewhere?: Readonly<Record<string, RegExp>> | undefined
}

export type CheckResult = { value: object; issues?: undefined } | { issues: FieldIssue[] }

/** The check behind a table's `~standard.validate`: lists every broken rule, and passes on exactly the fields given. */
export const paramsCheck = ({
  model,
  models,
  columns,
  defaultModel,
  never = [],
  elsewhere = {},
}: CheckInit) => {
  const checkers = new Map(
    Object.entries(models).map(([name, rules]) => [name, checkerOf({ model, ...rules })]),
  )
  const anyModel = checkerOf({ model, ...optionalIn(columns, models) })

  return (value: unknown): CheckResult => {
    const given = readFields(value)
    if ('issue' in given) return { issues: [given.issue] }
    const fields = ownFields<Record<string, unknown>>({ model: defaultModel, ...given.fields })

    const known = checkers.get(fields.model as string)
    const { rules, brokenRules } = known ?? anyModel
    const broken = brokenRules(fields)
    const context = { model: known && (fields.model as string), rules, columns, fields, elsewhere }
    const issues = [
      ...broken.map((each) => issueOf(each, context)),
      ...(known ? forbiddenCombinations(never, rules, fields, broken) : []),
    ]
    return issues.length > 0 ? { issues } : { value: { ...fields } }
  }
}

const checkerOf = (
  rules: FieldRules,
): { rules: FieldRules; brokenRules: (fields: Fields) => BrokenRule[] } => ({
  rules,
  brokenRules: brokenRulesOf(rules),
})

// While the model is not known, only what every model requires is required.
const optionalIn = (columns: Columns, models: Readonly<Record<string, FieldRules>>): FieldRules =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => {
      const required = Object.values(models).every((rules) => rules[name]?.required)
      return [name, { ...column, required }]
    }),
  )

const readFields = (value: unknown): { fields: Record<string, unknown> } | { issue: FieldIssue } => {
  const issue = { path: [], field: '', rule: 'type' }
  try {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { fields: withFileUrls(value) as Record<string, unknown> }
    return { issue: { ...issue, message: 'must be an object', received: received(value) } }
  } catch {
    // A getter or a proxy of the caller's may throw.
    return { issue: { ...issue, message: 'must be an object whose fields can be read' } }
  }
}
