import { checkFlag, checkOptions, checkToken } from '../checks'
import type { EndpointDefinition } from '../endpoint'
import { ConfigurationError } from '../errors/configuration-error'
import { callLimits } from '../http/call-limits'
import type { HeaderRecord } from '../http/headers'
import type { RequestLimits } from '../http/request'
import type { CreateOptions } from '../options'
import { ownFields } from '../own'
import { validateParams } from '../schema/validate-params'
import type { Settings } from '../settings'

interface PreparedCreate {
  body: Readonly<Record<string, unknown>>
  json: string
  headers: HeaderRecord
  limits: RequestLimits
}

interface Given {
  params: unknown
  options: CreateOptions | undefined
  key: unknown
}

/** Everything that a create sends, checked. Throws before anything is sent. */
export const prepareCreate = async (
  definition: EndpointDefinition<string, unknown, unknown>,
  { params, options: given, key }: Given,
  settings: Settings,
): Promise<PreparedCreate> => {
  // Copied before the first await: what the caller changes later changes nothing.
  const fields = withDefaults(definition, params)
  const options = ownFields(checkOptions('options', given))
  const extra = ownFields(checkOptions('extraParams', options.extraParams))
  const { headers: ofCall, ...limits } = callLimits(given, settings)
  const headers: HeaderRecord = { ...ofCall, 'idempotency-key': checkToken('idempotencyKey', key) }
  if (options.clientRequestId !== undefined) {
    headers['x-client-request-id'] = checkToken('clientRequestId', options.clientRequestId)
  }
  const valid = checkFlag('validate', options.validate ?? true)
    ? await validateParams(definition.name, definition.params, fields)
    : fields
  if (typeof valid !== 'object' || valid === null) {
    throw new ConfigurationError(`${definition.name}: the parameters must be an object`)
  }
  const body = ownFields<Record<string, unknown>>({ ...valid, ...extra })
  return { body, json: jsonOf(definition.name, body), headers, limits }
}

const withDefaults = (
  { defaults }: EndpointDefinition<string, unknown, unknown>,
  params: unknown,
): unknown =>
  typeof params === 'object' && params !== null && !Array.isArray(params)
    ? ownFields({ ...defaults, ...ownFields(params) })
    : params

const jsonOf = (endpoint: string, body: object): string => {
  try {
    return JSON.stringify(body)
  } catch {
    throw new ConfigurationError(
      `${endpoint}: the parameters cannot be written as JSON; remove BigInts, cycles and failing toJSON methods`,
    )
  }
}
