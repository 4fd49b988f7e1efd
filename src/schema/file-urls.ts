import { ValidationError, type ValidationIssue } from '../errors/validation-error'
import { own, ownFields, ownText } from '../platform/own'

const urlOfFile = (field: string, value: unknown): string | undefined =>
  field.endsWith('_url') ? ownText(value, 'url') : undefined

/** The parameters with the URL of each uploaded file in its place; what is no object stays what it is. */
export const withFileUrls = (params: unknown): unknown => {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return params
  const fields = ownFields<Record<string, unknown>>(params as Record<string, unknown>)
  for (const [field, value] of Object.entries(fields)) fields[field] = urlOfFile(field, value) ?? value
  return fields
}

/** Refuses files that have expired: the task would be paid for and fail. */
export const refuseExpiredFiles = (endpoint: string, params: unknown, nowMs: number): void => {
  if (typeof params !== 'object' || params === null) return
  const issues: ValidationIssue[] = Object.entries(params)
    .filter(
      ([field, value]) => urlOfFile(field, value) !== undefined && isOver(own(value, 'expires_at'), nowMs),
    )
    .map(([field, value]) => ({
      field,
      rule: 'expired',
      message: `the uploaded file expired at ${new Date(String(own(value, 'expires_at'))).toISOString()}: upload it again`,
    }))
  if (issues.length === 0) return
  const lines = issues.map(({ field, message }) => `  ${field}: ${message}`)
  throw new ValidationError([`${endpoint}: an uploaded file cannot be used any more`, ...lines].join('\n'), {
    issues,
  })
}

// A time that cannot be read says nothing.
const isOver = (time: unknown, nowMs: number): boolean =>
  typeof time === 'string' && Date.parse(time) <= nowMs
