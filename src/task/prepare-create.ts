import type { CreateOptions } from '../contract/options'
import { ConfigurationError } from '../errors/configuration-error'
import { RunApiError } from '../errors/run-api-error'
import { type CallLimits, callLimits } from '../http/call'
import { type EndpointDefinition, withDefaults } from '../models/endpoint'
import { ownFields } from '../platform/own'
import { refuseExpiredFiles, withFileUrls } from '../schema/file-urls'
import { validateParams } from '../schema/validate-params'
import { checkFlag, checkOptions, checkToken } from '../settings/checks'
import type { HeaderRecord } from '../settings/headers'
import type { Settings } from '../settings/settings'

interface PreparedCreate {
  body: Readonly<Record<string, unknown>>
  json: string
  headers: HeaderRecord
  limits: CallLimits
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
  const asGiven = withDefaults(definition, params)
  const fields = withFileUrls(asGiven)
  const options = ownFields(checkOptions('options', given))
  const extra = ownFields(checkOptions('extraParams', options.extraParams))
  const { headers: ofCall, ...limits } = callLimits(given, settings)
  if (RunApiError.is(key)) throw key
  const headers: HeaderRecord = { ...ofCall, 'idempotency-key': checkToken('idempotencyKey', key) }
  if (options.clientRequestId !== undefined) {
    headers['x-client-request-id'] = checkToken('clientRequestId', options.clientRequestId)
  }
  let valid: unknown = fields
  if (checkFlag('validate', options.validate ?? true)) {
    refuseExpiredFiles(definition.name, asGiven, settings.clock.now())
    const checked = validateParams(definition.name, definition.params, fields)
    // Awaited only where it must be: until the body is written, nested objects are still the caller's.
    valid = isPromise(checked) ? await checked : checked
  }
  if (typeof valid !== 'object' || valid === null) {
    throw new ConfigurationError(`${definition.name}: the parameters must be an object`)
  }
  const body = ownFields<Record<string, unknown>>({ ...valid, ...extra })
  return { body, json: jsonOf(definition.name, body), headers, limits }
}

// Not `instanceof`: a schema's promise may come from another realm.
const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function'

const jsonOf = (endpoint: string, body: object): string => {
  const refuse = (): never => {
    throw new ConfigurationError(
      `${endpoint}: the parameters cannot be written as JSON; remove BigInts, cycles and toJSON methods`,
    )
  }
  try {
    return JSON.stringify(body) ?? refuse()
  } catch {
    return refuse()
  }
}
