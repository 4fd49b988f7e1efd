import { ValidationError, type ValidationIssue } from '../errors/validation-error'
import { own, ownText } from '../platform/own'
import { withoutUrlSecrets } from './received'
import type { StandardIssue, StandardResult, StandardSchema } from './standard-schema'

/**
 * The parameters as the schema passes them on; a promise where the schema is asynchronous.
 * @throws {ValidationError} where they break a rule
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

// Not `instanceof`: a promise may come from another realm.
const isPromise = <T extends object>(value: T | Promise<T>): value is Promise<T> => 'then' in value

// The schema's own type says nothing of a table: a schema of the user's has none.
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

const LONGEST_MESSAGE = 300

// A schema of ours answers with whole ValidationIssues, any other with a message and a path.
const readIssue = (issue: StandardIssue & Partial<ValidationIssue>): ValidationIssue => {
  if (issue.rule !== undefined && issue.field !== undefined) {
    const { field, rule, message, received, allowed } = issue
    return { field, rule, message, ...(received !== undefined && { received }), ...(allowed && { allowed }) }
  }
  const field = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
  const message = withoutUrlSecrets(issue.message.slice(0, 4096))
    .replace(/\s+/g, ' ')
    .slice(0, LONGEST_MESSAGE)
  return { field, rule: 'schema', message }
}
