import type { CreateOptions } from '../contract/options'
import { ConfigurationError } from '../errors/configuration-error'
import { own, ownFields } from '../platform/own'
import type { FieldRules } from '../schema/columns'
import { checkOptions, refuseUndefinedKey } from '../settings/checks'
import { headerRecord } from '../settings/headers'
import type { CallWarning, VideoCallOptions } from './call-options'
import { paramsOf } from './params-of'

/** A call of the SDK as a create of ours. */
export interface Order {
  /** A `VideoFile` stands where a file belongs. */
  params: Readonly<Record<string, unknown>>
  options: CreateOptions
  warnings: CallWarning[]
}

const NAME = 'providerOptions.runapi'

/** @throws {ConfigurationError} for provider options that are no object, or that name another model */
export const readOrder = (
  { modelId, rules }: { modelId: string; rules: FieldRules },
  call: VideoCallOptions,
  webhookUrl?: string | undefined,
): Order => {
  const given = checkOptions(NAME, own(call.providerOptions, 'runapi') as object | undefined)
  refuseUndefinedKey(given)
  const { idempotencyKey, clientRequestId, extraParams, validate, ...wire } = ownFields<
    CreateOptions & Record<string, unknown>
  >(given as CreateOptions & Record<string, unknown>)
  if (wire.model !== undefined && wire.model !== modelId)
    throw new ConfigurationError(`${NAME}.model: video('${modelId}') names the model; leave it out`)

  const { fields, warnings } = paramsOf(modelId, rules, call, wire)
  const params: Record<string, unknown> = { ...fields, ...wire, model: modelId }
  if (webhookUrl !== undefined) {
    if (wire.callback_url !== undefined) {
      const message = `${NAME}.callback_url was left out, because the SDK has a webhook of its own`
      warnings.push({ type: 'other', message })
    }
    params.callback_url = webhookUrl
  }
  const options = ownFields<CreateOptions>({
    signal: call.abortSignal,
    idempotencyKey: idempotencyKey === undefined ? keyIn(call.headers) : idempotencyKey,
    clientRequestId,
    extraParams,
    validate,
  })
  return { params, options, warnings }
}

const keyIn = (headers: VideoCallOptions['headers']): string | undefined =>
  headerRecord(headers)['idempotency-key']
