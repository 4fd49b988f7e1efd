import { ValidationError, type ValidationIssue } from '../errors/validation-error'
import { own, ownFields, ownText } from '../platform/own'
import type { FieldRules } from './columns'
import { kindOf } from './received'

/** The rules of a table's fields, all models together; none for a schema of the user's, which reads its own files. */
export const fieldRulesOf = (schema: { '~standard': { vendor: string } }): FieldRules => {
  if (schema['~standard'].vendor !== 'runapi-video') return {}
  const models = own(schema, 'models')
  return typeof models === 'object' ? Object.assign({}, ...Object.values(models ?? {})) : {}
}

/**
 * The parameters with text in the place of each `URL`, and with its URL in the place of each file, where their columns
 * say so; what is no object stays what it is.
 */
export const withFileUrls = (rules: FieldRules, params: unknown): unknown => {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return params
  const fields = ownFields<Record<string, unknown>>(params as Record<string, unknown>)
  for (const [field, value] of Object.entries(fields)) {
    if (typeof value !== 'object' || value === null || own(rules, field) === undefined) continue
    if (rules[field]?.kind === 'url') fields[field] = urlOf(value, rules[field]?.file) ?? value
  }
  return fields
}

const urlOf = (value: object, file = false): string | undefined => {
  if (kindOf(value) === 'URL') return (value as URL).href
  return file ? ownText(value, 'url') : undefined
}

/** Refuses files that have expired: the task would be paid for and fail. */
export const refuseExpiredFiles = (
  endpoint: string,
  rules: FieldRules,
  params: unknown,
  nowMs: number,
): void => {
  const issues: ValidationIssue[] = Object.keys(rules)
    .filter((field) => rules[field]?.file && isOver(own(params, field), nowMs))
    .map((field) => {
      const expiry = new Date(String(own(own(params, field), 'expires_at'))).toISOString()
      return { field, rule: 'expired', message: `the uploaded file expired at ${expiry}: upload it again` }
    })
  if (issues.length === 0) return
  const lines = issues.map(({ field, message }) => `  ${field}: ${message}`)
  throw new ValidationError([`${endpoint}: an uploaded file cannot be used any more`, ...lines].join('\n'), {
    issues,
  })
}

// A time that cannot be read says nothing.
const isOver = (file: unknown, nowMs: number): boolean => {
  const time = ownText(file, 'expires_at')
  return time !== undefined && ownText(file, 'url') !== undefined && Date.parse(time) <= nowMs
}
