import { families, type ModelEndpoint } from '../models'
import type { FieldRules } from '../schema/columns'
import { nearestName } from '../schema/nearest-name'
import { UsageError } from './usage-error'

type AnyEndpoint = ModelEndpoint<string, unknown>

/** Every endpoint that this release lists. */
export const endpoints = Object.values(families).flatMap((family): AnyEndpoint[] =>
  Object.values<AnyEndpoint>(family),
)

const names = endpoints.map(({ name }) => name)

export const endpointOf = (name: string | undefined): AnyEndpoint => {
  const endpoint = endpoints.find((each) => each.name === name)
  if (endpoint) return endpoint
  const list = names.join(', ')
  if (name === undefined) throw new UsageError(`create: an endpoint is missing; there is ${list}`)
  const near = nearestName(name, names)
  throw new UsageError(`there is no endpoint ${name}; ${near ? `did you mean ${near}?` : `there is ${list}`}`)
}

/** The fields of an endpoint with the values that they take, all models together, where those can be listed. */
export const fieldsOf = ({ params }: AnyEndpoint): Map<string, readonly unknown[]> => {
  const fields = new Map<string, readonly unknown[]>([['model', Object.keys(params.models)]])
  for (const rules of Object.values<FieldRules>(params.models))
    for (const [name, { allowed = [] }] of Object.entries(rules))
      fields.set(name, [...new Set([...(fields.get(name) ?? []), ...allowed])])
  return fields
}
