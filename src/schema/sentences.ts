import type { ValidationIssue } from '../errors/validation-error'
import type { BrokenRule, FieldRules } from './broken-rules'
import type { Columns, FieldRule } from './columns'
import { nearestName } from './nearest-name'
import { received } from './received'
import type { StandardIssue } from './standard-schema'

/** An issue of Standard Schema and of `ValidationError` in one. */
export type FieldIssue = StandardIssue & ValidationIssue

export interface SentenceContext {
  /** The model, where it is a known one. */
  model: string | undefined
  /** The fields that the model takes. */
  rules: FieldRules
  /** Every column of the table. */
  columns: Columns
  fields: Readonly<Record<string, unknown>>
  /** What the names of other endpoints' models look like. */
  elsewhere: Readonly<Record<string, RegExp>>
}

/** Says in English which rule is broken and what to do about it. */
export const issueOf = ({ field, rule }: BrokenRule, context: SentenceContext): FieldIssue => {
  if (rule === 'unknown_field') return refusalOf(field, context)
  const fieldRule = context.rules[field] as FieldRule
  const { allowed } = fieldRule
  const value = context.fields[field]
  return {
    path: [field],
    field,
    rule,
    message: `${homeOf(field, value, context)}${sentenceOf(rule, fieldRule, value)}`,
    ...(value !== undefined && { received: received(value) }),
    ...(allowed && { allowed }),
  }
}

/** `a, b or c`. */
export const either = (values: readonly unknown[]): string =>
  values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`

const sentenceOf = (
  rule: BrokenRule['rule'],
  { kind, required, allowed = [] }: FieldRule,
  value: unknown,
): string => {
  switch (rule) {
    case 'required':
      return kind === 'one_of' ? `is required: ${either(allowed)}` : 'is required'
    case 'null':
      return required ? 'is required and must not be null' : 'must not be null: leave it out instead of null'
    case 'not_blank':
      return required ? 'must not be blank' : 'must not be blank: leave it out instead'
    case 'one_of':
      return `must be ${either(allowed)}${isTextOf(allowed, value) ? ', as a number' : ''}`
    default:
      return `must be ${kind === 'url' ? 'an http or https URL' : kind === 'flag' ? 'true or false' : 'a string'}`
  }
}

// `"6"` where 6 is allowed.
const isTextOf = (allowed: readonly unknown[], value: unknown): boolean =>
  allowed.some((each) => String(each) === value)

const homeOf = (field: string, value: unknown, { elsewhere }: SentenceContext): string => {
  if (field !== 'model' || typeof value !== 'string') return ''
  const home = Object.keys(elsewhere).find((name) => elsewhere[name]?.test(value))
  return home === undefined ? '' : `is for ${home}; here it `
}

// The value is never shown: what nobody asked for may be anything, a secret too.
const refusalOf = (field: string, { model, rules, columns }: SentenceContext): FieldIssue => {
  const column = Object.hasOwn(columns, field) ? columns[field] : undefined
  const name = /^[\w.-]{1,64}$/.test(field) ? field : received(field)
  const notTaken = `is not a parameter of ${model ?? 'any model here'}`
  if (column) return { path: [field], field, rule: 'not_taken', message: column.refusal ?? notTaken }
  const near = nearestName(field, Object.keys(rules))
  const meant = near === undefined ? '' : `; did you mean ${near}?`
  const message = `${notTaken}${meant} (the option extraParams sends it anyway)`
  return { path: [field], field: name, rule: 'unknown_field', message }
}
