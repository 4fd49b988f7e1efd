import type { ValidationIssue } from '../errors/validation-error'
import { nearestName } from '../platform/nearest-name'
import type { Columns, FieldRule, FieldRules } from './columns'
import { kindOf, received } from './received'
import type { StandardIssue } from './standard-schema'

export interface BrokenRule {
  field: string
  rule: 'required' | 'null' | 'type' | 'not_blank' | 'url' | 'one_of' | 'unknown_field'
}

/** An issue of Standard Schema and of `ValidationError` in one. */
export type FieldIssue = StandardIssue & ValidationIssue

interface SentenceContext {
  /** The model, if it is a known one. */
  model: string | undefined
  /** The fields that the model takes. */
  rules: FieldRules
  /** Every column of the table. */
  columns: Columns
  fields: Readonly<Record<string, unknown>>
  /** What the names of other endpoints' models look like. */
  hints: Readonly<Record<string, RegExp>>
}

/** Says in English which rule is broken and what to do about it. */
export const issueOf = ({ field, rule }: BrokenRule, context: SentenceContext): FieldIssue => {
  if (rule === 'unknown_field') return unsupportedIssue(field, context)
  const fieldRule = context.rules[field] as FieldRule
  const { allowed } = fieldRule
  const value = context.fields[field]
  return {
    path: [field],
    field,
    rule,
    message: `${homeOf(field, value, context)}${describeRule(rule, fieldRule, value)}`,
    ...(value !== undefined && { received: received(value) }),
    ...(allowed && { allowed }),
  }
}

/** Says that values which are allowed alone are not allowed together. */
export const combinationIssue = (
  combination: Readonly<Record<string, unknown>>,
  rules: FieldRules,
  fields: Readonly<Record<string, unknown>>,
): FieldIssue => {
  const names = Object.keys(combination)
  const [field = '', ...others] = names
  const beside = others.map((name) => `${name} ${combination[name]}`).join(' and ')
  const ways = names.map((name) => {
    const left = rules[name]?.allowed?.filter((value) => value !== combination[name])
    return left ? `${name} ${either(left)}` : `another ${name}`
  })
  const message = `cannot be ${combination[field]} together with ${beside}: use ${either(ways)}`
  return { path: [field], field, rule: 'combination', message, received: received(fields[field]) }
}

/** `a, b or c`. */
const either = (values: readonly unknown[]): string =>
  values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`

const describeRule = (rule: BrokenRule['rule'], fieldRule: FieldRule, value: unknown): string => {
  const { kind, required, allowed = [] } = fieldRule
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
      if (kind === 'url') return `must be an http or https URL${wayToUrl(fieldRule, value)}`
      return `must be ${kind === 'flag' ? 'true or false' : 'a string'}`
  }
}

const UPLOAD = 'first upload it with runapi.files.upload(…) and pass what that returns'
const UPLOAD_FROM_DISK = 'first upload it with uploadFile(runapi, path) of runapi-video/node'

/** Advice about a value that is not a web URL, if there is any. */
const wayToUrl = ({ file }: FieldRule, value: unknown): string => {
  if (typeof value !== 'string') {
    const kind = kindOf(value)
    if (kind === 'Promise') return ': await the promise first'
    return file && /^(?:Blob|File|\w+Array|ArrayBuffer|DataView|ReadableStream)$/.test(kind)
      ? `: ${UPLOAD}`
      : ''
  }
  if (/^[\w-]+(?:\.[\w-]+)+(?::\d+)?\//.test(value) || /^\/\/\w/.test(value))
    return ': begin it with https://'
  if (!file) return ''
  if (/^data:/i.test(value)) return `, not data itself: ${UPLOAD}`
  if (/^blob:/i.test(value))
    return ', and a blob: URL is known to its own page only: upload the Blob with runapi.files.upload(…)'
  if (/^file:|^(?:\.{0,2}|~|[a-z]:)[\\/]|^[^\s:/\\]+\.\w{2,4}$/i.test(value))
    return `; for a file on disk, ${UPLOAD_FROM_DISK}`
  return ''
}

// `"6"` where 6 is allowed.
const isTextOf = (allowed: readonly unknown[], value: unknown): boolean =>
  allowed.some((each) => String(each) === value)

const homeOf = (field: string, value: unknown, { hints }: SentenceContext): string => {
  if (field !== 'model' || typeof value !== 'string') return ''
  const home = Object.keys(hints).find((name) => hints[name]?.test(value))
  return home === undefined ? '' : `is for ${home}; here it `
}

// The value is never shown: an unrequested value may be anything, even a secret.
const unsupportedIssue = (field: string, { model, rules, columns }: SentenceContext): FieldIssue => {
  const column = Object.hasOwn(columns, field) ? columns[field] : undefined
  const name = /^[\w.-]{1,64}$/.test(field) ? field : received(field)
  const unsupported = `is not a parameter of ${model ?? 'any model here'}`
  if (column) return { path: [field], field, rule: 'not_taken', message: column.unsupported ?? unsupported }
  const near = nearestName(field, Object.keys(rules))
  const meant = near === undefined ? '' : `; did you mean ${near}?`
  const message = `${unsupported}${meant} (the option extraParams sends it anyway)`
  return { path: [field], field: name, rule: 'unknown_field', message }
}
