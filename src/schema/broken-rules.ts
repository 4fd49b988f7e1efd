import * as z from 'zod/mini'
import type { FieldRule } from './columns'

/** The fields that one model takes, and the rule of each. */
export type FieldRules = Readonly<Record<string, FieldRule>>

export interface BrokenRule {
  field: string
  rule: 'required' | 'null' | 'type' | 'not_blank' | 'url' | 'one_of' | 'unknown_field'
}

export type Fields = Readonly<Record<string, unknown>>
type Check = (fields: Fields) => BrokenRule[]

/** Finds every rule that `fields`, own fields without `undefined`, break. zod is compiled at the first use. */
export const brokenRulesOf = (rules: FieldRules): Check => {
  let schema: z.ZodMiniType | undefined
  return (fields) => {
    schema ??= z.strictObject(
      Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, typeOf(rule)])),
    )
    const result = z.safeParse(schema, fields, { error: ownSentences })
    return result.success ? [] : result.error.issues.flatMap((issue) => readIssue(issue, fields))
  }
}

// Ours are written later, from the rule. zod shares its locale with the application's own copy, which may be anything.
const ownSentences = (): string => ''

const notBlank = () =>
  z.refine<string>((value) => value.trim() !== '', { params: { rule: 'not_blank' }, abort: true })

// Not z.url(): it lets `javascript:` pass, and costs more.
const webUrl = () => z.refine<string>(isWebUrl, { params: { rule: 'url' } })

const typeOf = (rule: FieldRule): z.ZodMiniType => {
  const type = types[rule.kind](rule)
  return rule.required ? type : z.optional(type)
}

const types: Record<FieldRule['kind'], (rule: FieldRule) => z.ZodMiniType> = {
  text: () => z.string().check(notBlank()),
  url: () => z.string().check(notBlank(), webUrl()),
  flag: () => z.boolean(),
  one_of: ({ allowed = [] }) => z.literal(allowed),
}

const readIssue = (issue: z.core.$ZodIssue, fields: Fields): BrokenRule[] => {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((field) => ({ field, rule: 'unknown_field' }))
  const field = String(issue.path[0])
  if (!Object.hasOwn(fields, field)) return [{ field, rule: 'required' }]
  if (fields[field] === null) return [{ field, rule: 'null' }]
  if (issue.code === 'custom') return [{ field, rule: issue.params?.rule }]
  return [{ field, rule: issue.code === 'invalid_value' ? 'one_of' : 'type' }]
}

// `new URL` forgives much that other parsers do not: blanks around the URL, `https:example.com`.
const isWebUrl = (value: string): boolean => {
  if (!/^https?:\/\/\S/i.test(value) || value !== value.trim()) return false
  try {
    return new URL(value).hostname !== ''
  } catch {
    return false
  }
}
