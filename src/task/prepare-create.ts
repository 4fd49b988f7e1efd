import type { Tags } from '../contract/ledger'
import type { CreateOptions, ResumeOptions } from '../contract/options'
import { ConfigurationError } from '../errors/configuration-error'
import { RunApiError } from '../errors/run-api-error'
import { CALL_OPTIONS, type CallLimits, callLimits } from '../http/call'
import type { EndpointDefinition } from '../models/endpoint'
import { own, ownFields } from '../platform/own'
import { checkedParams, fieldRulesOf, withFileUrls } from '../schema/validate-params'
import {
  checkFlag,
  checkOptions,
  checkTags,
  checkToken,
  type OptionNames,
  refuseUndefinedKey,
  undefinedKey,
} from '../settings/checks'
import { requireGlobals } from '../settings/globals'
import { type HeaderRecord, headerEntries } from '../settings/headers'
import type { Settings } from '../settings/settings'

/** A create as its caller makes it. */
export interface CreateCall {
  params: unknown
  options: CreateOptions | undefined
  /** Not checked yet. */
  idempotencyKey: unknown
  /** Why there is no key. */
  keyRefusal?: RunApiError | undefined
}

/** The purchase of a create. Absent if an order is resumed, because the ledger has it. */
interface PreparedParams {
  /** The caller's parameters, before defaults; for the ledger. */
  asked: Readonly<Record<string, unknown>>
  tags: Tags | undefined
  /** As they are sent. */
  params: Readonly<Record<string, unknown>>
  /** The same as JSON text. */
  body: string
}

export interface PreparedCreate extends Partial<PreparedParams> {
  idempotencyKey: string
  resendUnknown?: boolean | undefined
  /** Beyond the client's own. */
  headers: HeaderRecord
  limits: CallLimits
}

/**
 * The caller's own key, else a new one. Options that cannot be read (a getter, a proxy) are refused later, where a
 * refusal can reject; so is a runtime without randomness.
 */
export const readOrGenerateKey = (
  options: CreateOptions | undefined,
): Pick<CreateCall, 'idempotencyKey' | 'keyRefusal'> => {
  try {
    const idempotencyKey = givenKey(options)
    return { idempotencyKey: idempotencyKey === undefined ? generateKey() : idempotencyKey }
  } catch (error) {
    return { idempotencyKey: null, keyRefusal: RunApiError.is(error) ? error : undefined }
  }
}

// Not `randomUUID`, which pages on plain http lack.
const generateKey = (): string => {
  requireGlobals('a new idempotency key', 'crypto.getRandomValues')
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** From the option or from a header of the call; `undefined` if none is given. Throws for one given as `undefined`. */
const givenKey = (options: CreateOptions | undefined): unknown => {
  refuseUndefinedKey(options)
  // Not `??`: a null means that the order's key is missing, and a generated one could buy a second time.
  const idempotencyKey = own(options, 'idempotencyKey')
  return idempotencyKey === undefined ? keyInHeaders(own(options, 'headers')) : idempotencyKey
}

const keyInHeaders = (headers: unknown): unknown => {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return undefined
  const entry = headerEntries(headers).find(([name]) => String(name).toLowerCase() === 'idempotency-key')
  if (entry && entry[1] === undefined) throw undefinedKey()
  return entry?.[1]
}

const CREATE_OPTIONS = {
  ...CALL_OPTIONS,
  idempotencyKey: true,
  clientRequestId: true,
  extraParams: true,
  tags: true,
  validate: true,
} satisfies OptionNames<CreateOptions>

/** Everything that a create sends, checked. Throws before anything is sent. */
export const prepareCreate = async (
  definition: EndpointDefinition<string, unknown, unknown>,
  { params: given, options: givenOptions, idempotencyKey, keyRefusal }: CreateCall,
  settings: Settings,
): Promise<PreparedCreate & PreparedParams> => {
  const options = ownFields(checkOptions('options', givenOptions, CREATE_OPTIONS))
  const extraParams = ownFields(checkOptions('extraParams', options.extraParams))
  const { headers, ...limits } = callLimits(givenOptions, settings, CREATE_OPTIONS)
  if (keyRefusal) throw keyRefusal
  const key = checkToken('idempotencyKey', idempotencyKey)
  if (options.clientRequestId !== undefined) {
    headers['x-client-request-id'] = checkToken('clientRequestId', options.clientRequestId)
  }
  const validate = checkFlag('validate', options.validate ?? true)
  const nowMs = settings.clock.now()
  const tags = checkTags(options.tags)
  const checked = checkedParams(definition, given, { validate, nowMs })
  // Copied now, so later changes by the caller have no effect.
  const asked = ownFields({ ...(given as object), ...extraParams })
  // Awaited only if necessary: until the body is written, nested objects are still the caller's.
  const valid = checked instanceof Promise ? await checked : checked
  const extra = withFileUrls(fieldRulesOf(definition.params), extraParams)
  const params = ownFields<Record<string, unknown>>({ ...valid, ...(extra as object) })
  const body = toJson(definition.name, params)
  return { asked, tags, params, body, idempotencyKey: key, headers, limits }
}

const toJson = (endpoint: string, params: object): string => {
  const refuse = (): never => {
    throw new ConfigurationError(
      `${endpoint}: the parameters cannot be written as JSON; remove BigInts, cycles and toJSON methods`,
    )
  }
  try {
    return JSON.stringify(params) ?? refuse()
  } catch {
    return refuse()
  }
}

const RESUME_OPTIONS = { ...CALL_OPTIONS, resendUnknown: true } satisfies OptionNames<ResumeOptions>

/** The options of a resumed order, checked. */
export const prepareResume = (
  idempotencyKey: unknown,
  options: ResumeOptions | undefined,
  settings: Settings,
): PreparedCreate => {
  const { resendUnknown } = ownFields(checkOptions('options', options, RESUME_OPTIONS))
  const { headers, ...limits } = callLimits(options, settings, RESUME_OPTIONS)
  return {
    idempotencyKey: checkToken('idempotencyKey', idempotencyKey),
    resendUnknown,
    headers,
    limits,
  }
}
