import { ConfigurationError } from '../errors/configuration-error'
import { ValidationError, type ValidationIssue } from '../errors/validation-error'
import { own, ownFields, ownText } from '../platform/own'
import { sanitizeMessage } from '../platform/sanitize'
import type { FieldRules } from './columns'
import { kindOf } from './received'
import type { StandardIssue, StandardResult, StandardSchema } from './standard-schema'

/** The part of an endpoint's definition that its parameters depend on. */
interface ParamsDefinition {
  readonly name: string
  readonly params: StandardSchema<unknown, unknown>
  readonly defaults?: Readonly<Record<string, unknown>>
}

interface CheckContext {
  validate: boolean
  nowMs: number
}

/**
 * The parameters as they are sent: defaults filled in, files as their URLs and, unless `validate` is false, checked. A
 * promise only if the schema is asynchronous: until the body is written, nested objects are still the caller's.
 *
 * @throws {ValidationError} if they break a rule
 */
export const checkedParams = (
  { name, params: schema, defaults }: ParamsDefinition,
  given: unknown,
  { validate, nowMs }: CheckContext,
): Record<string, unknown> | Promise<Record<string, unknown>> => {
  const rules = fieldRulesOf(schema)
  let params = withDefaults(defaults, given)
  if (validate) refuseExpiredFiles(name, rules, params, nowMs)
  params = withFileUrls(rules, params)
  if (validate) params = validateParams(name, schema, params)
  const asObject = (value: unknown): Record<string, unknown> => {
    if (typeof value !== 'object' || value === null)
      throw new ConfigurationError(`${name}: the parameters must be an object`)
    return value as Record<string, unknown>
  }
  return validate && isPromise(params) ? Promise.resolve(params).then(asObject) : asObject(params)
}

// Not `instanceof`: a schema's promise may come from another realm.
const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function'

/** The caller's own fields over those that the endpoint fills in; anything but an object stays unchanged. */
const withDefaults = (defaults: ParamsDefinition['defaults'], params: unknown): unknown =>
  typeof params === 'object' && params !== null && !Array.isArray(params)
    ? ownFields({ ...defaults, ...ownFields(params) })
    : params

/**
 * The parameters as the schema passes them on; a promise if the schema is asynchronous.
 * @throws {ValidationError} if they break a rule
 */
export const validateParams = <Params>(
  endpoint: string,
  schema: StandardSchema<unknown, Params>,
  params: unknown,
): Params | Promise<Params> => {
  const accept = (result: StandardResult<Params>): Params => {
    if (result.issues === undefined) return result.value
    const issues = result.issues.map(readIssue)
    throw new ValidationError(textOf(endpoint, issues, modelOf(schema, params)), { issues })
  }
  const result = schema['~standard'].validate(params)
  return isPromise(result) ? result.then(accept) : accept(result)
}

// The schema's own type does not mention a table: a user's schema has none.
const modelOf = (schema: object, params: unknown): string | undefined => {
  const models = own(schema, 'models')
  const model = ownText(params, 'model')
  const names = typeof models === 'object' && models !== null ? Object.keys(models) : []
  return model !== undefined && names.includes(model) ? model : undefined
}

const textOf = (endpoint: string, issues: readonly ValidationIssue[], model: string | undefined): string => {
  const count = new Set(issues.map(({ field }) => field)).size
  const who = issues.some(({ field }) => field === '')
    ? 'the parameters break'
    : count === 1
      ? '1 parameter breaks'
      : `${count} parameters break`
  const whose = model === undefined ? 'the rules' : `the rules of ${model}`
  return [`${endpoint}: ${who} ${whose}`, ...issues.map(lineOf)].join('\n')
}

const lineOf = ({ field, message, received }: ValidationIssue): string =>
  `  ${field && `${field}: `}${message}${received === undefined ? '' : ` (received ${received})`}`

// A schema of ours answers with whole ValidationIssues, any other with a message and a path.
const readIssue = (issue: StandardIssue & Partial<ValidationIssue>): ValidationIssue => {
  if (issue.rule !== undefined && issue.field !== undefined) {
    const { field, rule, message, received, allowed } = issue
    return { field, rule, message, ...(received !== undefined && { received }), ...(allowed && { allowed }) }
  }
  const field = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
  return { field, rule: 'schema', message: sanitizeMessage(issue.message) }
}

/** The rules of a table's fields, all models together; none for a schema of the user's, which reads its own files. */
export const fieldRulesOf = (schema: object): FieldRules => (own(schema, '~columns') ?? {}) as FieldRules

/**
 * The parameters with text in place of each `URL`, and with its URL in place of each file, if their columns
 * say so; anything but an object stays unchanged.
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

// An unreadable time proves nothing.
const isOver = (file: unknown, nowMs: number): boolean => {
  const time = ownText(file, 'expires_at')
  return time !== undefined && ownText(file, 'url') !== undefined && Date.parse(time) <= nowMs
}
