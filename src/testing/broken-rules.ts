import type { EndpointDefinition } from '../models/endpoint'
import type { StandardIssue } from '../schema/standard-schema'
import { fieldRulesOf } from '../schema/validate-params'

const fieldOf = ({ path }: StandardIssue): string => {
  const [first] = path ?? []
  // The vendor's framework files what belongs to no field under this name.
  if (first === undefined) return 'base'
  return String(typeof first === 'object' ? first.key : first)
}

// The client's rules let an uploaded file stand for its URL; on the wire there are only URLs.
const withoutFiles = (
  { params }: EndpointDefinition<string, unknown, unknown>,
  body: Readonly<Record<string, unknown>>,
): Record<string, unknown> => {
  const rules = fieldRulesOf(params)
  return Object.fromEntries(
    Object.entries(body).map(([field, value]) =>
      rules[field]?.file && typeof value === 'object' && value !== null ? [field, []] : [field, value],
    ),
  )
}

/** The rules that a body breaks, by field; `undefined` for none. */
export const brokenRules = async (
  definition: EndpointDefinition<string, unknown, unknown>,
  body: Readonly<Record<string, unknown>>,
): Promise<Record<string, string[]> | undefined> => {
  // What the client may leave out because it fills it in is required on the wire.
  const missing = Object.keys(definition.defaults ?? {}).filter((field) => body[field] === undefined)
  const { issues = [] } = await definition.params['~standard'].validate(withoutFiles(definition, body))

  // Without a prototype: a field may be named as one of its methods.
  const errors = Object.create(null) as Record<string, string[]>
  for (const field of missing) errors[field] = ['is required']
  for (const issue of issues) {
    const field = fieldOf(issue)
    if (!missing.includes(field)) errors[field] = [...(errors[field] ?? []), issue.message]
  }
  return Object.keys(errors).length > 0 ? errors : undefined
}
