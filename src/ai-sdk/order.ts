import { ConfigurationError, type CreateOptions, type FieldRules, type HeadersInput } from '../index'
import type { CallWarning, VideoCallOptions, VideoFile } from './types'

/** A call of the SDK as a create of ours. */
export interface Order {
  /** A `VideoFile` stands for each file. */
  params: Readonly<Record<string, unknown>>
  /** The parameters from the SDK's own options: only those can be files of the SDK. */
  files: readonly string[]
  options: CreateOptions
  warnings: CallWarning[]
}

const NAME = 'providerOptions.runapi'

/** @throws {ConfigurationError} for provider options that are not an object, or that name another model */
export const readOrder = (
  { modelId, rules }: { modelId: string; rules: FieldRules },
  call: VideoCallOptions,
  webhookUrl?: string | undefined,
): Order => {
  const given = optionsIn(call)
  const { idempotencyKey: _, clientRequestId, extraParams, validate, ...wire } = given
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
  const idempotencyKey = keyIn(given, call.headers)
  const options = defined({
    signal: call.abortSignal,
    idempotencyKey,
    clientRequestId,
    extraParams,
    validate,
  })
  return { params: defined(params), files: Object.keys(fields), options, warnings }
}

// A key that is given and undefined is an order without an id; another key in its place would buy a second time.
const keyIn = (given: CreateOptions, headers: VideoCallOptions['headers']): string | undefined => {
  if (!Object.hasOwn(given, 'idempotencyKey')) return lowerCased(headers)['idempotency-key']
  if (given.idempotencyKey !== undefined) return given.idempotencyKey
  throw new ConfigurationError(
    `${NAME}.idempotencyKey: is given as undefined, so the order may have lost its id; pass the id, or leave it out`,
  )
}

const optionsIn = ({ providerOptions }: VideoCallOptions): CreateOptions & Record<string, unknown> => {
  const given = own(providerOptions, 'runapi') ?? {}
  if (typeof given !== 'object' || Array.isArray(given))
    throw new ConfigurationError(`${NAME}: must be an object`)
  // Without a prototype, because a polluted one may have a key.
  return Object.assign(Object.create(null), given)
}

const own = (from: unknown, name: string): unknown =>
  typeof from === 'object' && from !== null && Object.hasOwn(from, name)
    ? (from as Record<string, unknown>)[name]
    : undefined

const defined = <T extends object>(fields: T): Partial<T> & CreateOptions =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>

/** Headers by lower-case name. */
export const lowerCased = (headers: HeadersInput | undefined): Record<string, string> => {
  const entries: Iterable<[string, string | undefined]> =
    headers && Symbol.iterator in headers ? (headers as Headers) : Object.entries(headers ?? {})
  return Object.fromEntries(
    [...entries].flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), value]])),
  )
}

/** A parameter that an option of the SDK becomes. */
interface Mapped {
  feature: keyof VideoCallOptions
  /** The parameter's name, as models know it. */
  field: string
  value: unknown
}

interface MappedParams {
  /** Parameters of the service; a `VideoFile` stands for each file. */
  fields: Record<string, unknown>
  warnings: CallWarning[]
}

/** Options of the SDK that no model has a parameter for. */
const UNKNOWN = ['aspectRatio', 'fps', 'seed', 'generateAudio'] as const

/**
 * The SDK's options as parameters of a model. An option that the model does not have becomes a warning; a value that it
 * does not allow is left for the model's own rules to refuse, before anything is bought.
 *
 * @param wire the caller's parameters under the service's own names; they win
 */
const paramsOf = (
  model: string,
  rules: FieldRules,
  options: VideoCallOptions,
  wire: object,
): MappedParams => {
  const frames = options.frameImages ?? []
  const frameOf = (type: string) => frames.find(({ frameType }) => frameType === type)?.image
  const [reference, ...moreReferences] = (options.inputReferences ?? []).filter(isVideo)
  const images = (options.inputReferences ?? []).filter((file) => !isVideo(file))
  const mapped: Mapped[] = [
    { feature: 'prompt', field: 'prompt', value: options.prompt },
    { feature: 'duration', field: 'duration_seconds', value: options.duration },
    { feature: 'resolution', field: 'output_resolution', value: shorterSide(options.resolution) },
    { feature: 'image', field: 'first_frame_image_url', value: frameOf('first_frame') ?? options.image },
    { feature: 'frameImages', field: 'last_frame_image_url', value: frameOf('last_frame') },
    { feature: 'inputReferences', field: 'source_video_url', value: reference },
  ]

  const fields: Record<string, unknown> = {}
  const warnings: CallWarning[] = []
  const unsupported = (feature: string, details: string): void =>
    void warnings.push({ type: 'unsupported', feature, details })
  for (const { feature, field, value } of mapped) {
    if (value === undefined) continue
    if (own(wire, field) !== undefined) {
      const message = `${feature} was left out, because providerOptions.runapi has its own ${field}`
      warnings.push({ type: 'other', message })
    } else if (Object.hasOwn(rules, field)) fields[field] = value
    else unsupported(feature, `${model} has no ${field}`)
  }
  for (const feature of UNKNOWN)
    if (options[feature] !== undefined) unsupported(feature, `${model} has no parameter for it`)
  if (options.n !== undefined && options.n > 1) unsupported('n', 'one call makes one video')
  if (frames.length > new Set(frames.map(({ frameType }) => frameType)).size)
    unsupported('frameImages', 'the first image of each frameType was taken')
  if (moreReferences.length > 0) unsupported('inputReferences', 'the first video was taken')
  if (images.length > 0)
    unsupported('inputReferences', `${model} has no parameter for images beyond the frames`)
  if ('output_resolution' in fields && !isWide(options.resolution)) {
    const details = `${options.resolution} was sent as output_resolution ${fields.output_resolution}; the service chooses the other side`
    warnings.push({ type: 'compatibility', feature: 'resolution', details })
  }
  return { fields, warnings }
}

// A URL often comes without a type.
const isVideo = ({ mediaType }: VideoFile): boolean => !mediaType?.startsWith('image/')

const SIZE = /^(\d+)x(\d+)$/

/** `1920x1080` as the service names it, `1080p`; anything else unchanged. */
const shorterSide = (resolution: string | undefined): string | undefined => {
  const [, width, height] = SIZE.exec(resolution ?? '') ?? []
  return width && height ? `${Math.min(Number(width), Number(height))}p` : resolution
}

/** Whether it is about 16:9, as every `…p` is understood, or names no other side. */
const isWide = (resolution: string | undefined): boolean => {
  const [, width, height] = SIZE.exec(resolution ?? '') ?? []
  return !width || !height || Math.abs(Number(width) / Number(height) - 16 / 9) < 0.02
}
