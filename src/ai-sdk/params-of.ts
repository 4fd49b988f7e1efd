import { own } from '../platform/own'
import type { FieldRules } from '../schema/columns'
import type { CallWarning, VideoCallOptions, VideoFile } from './call-options'

/** A parameter that an option of the SDK becomes. */
interface Mapped {
  feature: keyof VideoCallOptions
  /** The parameter's name, as models know it. */
  field: string
  value: unknown
}

export interface MappedParams {
  /** Parameters of the service; a `VideoFile` where a file belongs. */
  fields: Record<string, unknown>
  warnings: CallWarning[]
}

/** Options of the SDK that no model has a parameter for. */
const UNKNOWN = ['aspectRatio', 'fps', 'seed', 'generateAudio'] as const

/**
 * The SDK's options as parameters of a model. An option that the model does not have becomes a warning; a value that it
 * does not allow is left for the model's own rules to refuse, before anything is bought.
 *
 * @param wire parameters that the caller gave in the service's own spelling; they win
 */
export const paramsOf = (
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

/** `1920x1080` as the service names it, `1080p`; anything else as it is. */
const shorterSide = (resolution: string | undefined): string | undefined => {
  const [, width, height] = SIZE.exec(resolution ?? '') ?? []
  return width && height ? `${Math.min(Number(width), Number(height))}p` : resolution
}

/** Whether it is about 16:9, as every `…p` is understood, or names no other side. */
const isWide = (resolution: string | undefined): boolean => {
  const [, width, height] = SIZE.exec(resolution ?? '') ?? []
  return !width || !height || Math.abs(Number(width) / Number(height) - 16 / 9) < 0.02
}
