import type { Tags } from '../contract/ledger'
import type { CreateOptions, ResumeOptions } from '../contract/options'
import { ConfigurationError } from '../errors/configuration-error'
import { RunApiError } from '../errors/run-api-error'
import { CALL_OPTIONS, type CallLimits, callLimits } from '../http/call'
import type { EndpointDefinition } from '../models/endpoint'
import { ownFields } from '../platform/own'
import { checkedParams, fieldRulesOf, withFileUrls } from '../schema/validate-params'
import { checkFlag, checkOptions, checkToken, type OptionNames } from '../settings/checks'
import type { HeaderRecord } from '../settings/headers'
import type { Settings } from '../settings/settings'

export interface PreparedCreate {
  /** What the caller gave, before defaults; for the ledger. */
  asked?: Readonly<Record<string, unknown>>
  tags?: Tags | undefined
  resendUnknown?: boolean
  body: Readonly<Record<string, unknown>>
  json: string
  headers: HeaderRecord
  limits: CallLimits
}

interface Given {
  params: unknown
  options: (CreateOptions & ResumeOptions) | undefined
  key: unknown
  /** Whether the ledger has the body. */
  isResumed?: boolean
}

const CREATE_OPTIONS = {
  ...CALL_OPTIONS,
  idempotencyKey: true,
  clientRequestId: true,
  extraParams: true,
  tags: true,
  validate: true,
} satisfies OptionNames<CreateOptions>

const RESUME_OPTIONS = { ...CALL_OPTIONS, resendUnknown: true } satisfies OptionNames<ResumeOptions>

/** Everything that a create sends, checked. Throws before anything is sent. */
export const prepareCreate = async (
  definition: EndpointDefinition<string, unknown, unknown>,
  { params, options: given, key, isResumed }: Given,
  settings: Settings,
): Promise<PreparedCreate> => {
  const known = (isResumed ? RESUME_OPTIONS : CREATE_OPTIONS) as OptionNames<CreateOptions & ResumeOptions>
  const options = ownFields(checkOptions('options', given, known))
  const extraParams = ownFields(checkOptions('extraParams', options.extraParams))
  const { headers: ofCall, ...limits } = callLimits(given, settings, known)
  if (RunApiError.is(key)) throw key
  const headers: HeaderRecord = { ...ofCall, 'idempotency-key': checkToken('idempotencyKey', key) }
  if (isResumed) {
    const resendUnknown = checkFlag('resendUnknown', options.resendUnknown ?? false)
    return { resendUnknown, body: {}, json: '', headers, limits }
  }
  if (options.clientRequestId !== undefined) {
    headers['x-client-request-id'] = checkToken('clientRequestId', options.clientRequestId)
  }
  const validate = checkFlag('validate', options.validate ?? true)
  const nowMs = settings.clock.now()
  const tags = checkOptions('tags', options.tags) && { ...options.tags }
  const checked = checkedParams(definition, params, { validate, nowMs })
  // Copied now: what the caller changes later changes nothing.
  const asked = ownFields({ ...(params as object), ...extraParams })
  // Awaited only where it must be: until the body is written, nested objects are still the caller's.
  const valid = checked instanceof Promise ? await checked : checked
  const extra = withFileUrls(fieldRulesOf(definition.params), extraParams)
  const body = ownFields<Record<string, unknown>>({ ...valid, ...(extra as object) })
  return { asked, tags, body, json: jsonOf(definition.name, body), headers, limits }
}

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
