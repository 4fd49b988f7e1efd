import { schemas } from '../index'
import type { Capabilities, ModeCapabilities, VideoMode } from './host'

/** One model, as its endpoint's schema describes it. */
export interface ModelRow {
  readonly model: string
  readonly endpoint: 'luma.modifyVideo' | 'hailuo.textToVideo' | 'hailuo.imageToVideo'
  readonly mode: VideoMode
  /** The fields that it takes besides the model, with the values allowed where they can be listed. */
  readonly fields: Rules
}

const ENDPOINTS = [
  ['hailuo.textToVideo', 'generate', schemas.hailuo.textToVideo.models],
  ['hailuo.imageToVideo', 'imageToVideo', schemas.hailuo.imageToVideo.models],
  ['luma.modifyVideo', 'videoToVideo', schemas.luma.modifyVideo.models],
] as const

type Rules = Readonly<Record<string, { readonly allowed?: readonly unknown[] }>>

const readRows = (): ModelRow[] =>
  ENDPOINTS.flatMap(([endpoint, mode, models]) =>
    Object.entries<Rules>(models).map(([model, fields]) => ({ model, endpoint, mode, fields })),
  )

export const modelRows: readonly ModelRow[] = readRows()

/** The model that takes whatever the mode's default takes, and the models of the mode that may stand in. */
export const AUTO = 'auto'

/** The models among which `auto` chooses the first that takes the request. The cheaper tier of each comes first. */
export const autoModels = (mode: VideoMode): ModelRow[] => {
  const standard = modelRows.filter((row) => row.mode === mode && !row.model.endsWith('-pro'))
  // The newest first: Hailuo 2.3 has the better motion, and 02 is there for a last frame.
  return standard.sort((a, b) => b.model.localeCompare(a.model))
}

/** Options of a request that OpenClaw has no field for. */
export const PROVIDER_OPTIONS = {
  prompt_optimizer: 'boolean',
  enable_safety_checker: 'boolean',
  callback_url: 'string',
  take: 'number',
} as const

const modeCapabilities = (rows: readonly ModelRow[]): ModeCapabilities => {
  const valuesOf = (name: string): unknown[] => [
    ...new Set(rows.flatMap(({ fields }) => fields[name]?.allowed ?? [])),
  ]
  const durations = valuesOf('duration_seconds') as number[]
  const resolutions = (valuesOf('output_resolution') as string[]).map((each) => each.toUpperCase())
  const takes = (name: string): boolean => rows.some(({ fields }) => name in fields)
  const options = Object.entries(PROVIDER_OPTIONS).filter(([name]) => name === 'take' || takes(name))
  return {
    maxVideos: 1,
    maxInputImages: takes('last_frame_image_url') ? 2 : takes('first_frame_image_url') ? 1 : 0,
    maxInputVideos: takes('source_video_url') ? 1 : 0,
    // `undefined` clears what the provider says for all its models.
    supportedDurationSeconds: durations.length > 0 ? durations : undefined,
    maxDurationSeconds: durations.length > 0 ? Math.max(...durations) : undefined,
    resolutions: resolutions.length > 0 ? resolutions : undefined,
    supportsResolution: resolutions.length > 0,
    supportsWatermark: takes('watermark'),
    providerOptions: Object.fromEntries(options),
  }
}

const capabilitiesOfRows = (rows: readonly ModelRow[]): Capabilities => {
  const of = (mode: VideoMode) => rows.filter((row) => row.mode === mode)
  const block = (mode: VideoMode) => ({ enabled: of(mode).length > 0, ...modeCapabilities(of(mode)) })
  const generate = of('generate')
  return {
    // Read where a request names no mode.
    ...modeCapabilities(rows),
    ...(generate.length > 0 && { generate: modeCapabilities(generate) }),
    imageToVideo: block('imageToVideo'),
    videoToVideo: block('videoToVideo'),
  }
}

const rowsOf = (model: string): readonly ModelRow[] =>
  model === AUTO ? MODES.flatMap(autoModels) : modelRows.filter((row) => row.model === model)

const MODES = ['generate', 'imageToVideo', 'videoToVideo'] as const

/** What a model takes; `undefined` for one that is not known. */
export const capabilitiesOf = (model: string): Capabilities | undefined => {
  const rows = rowsOf(model)
  return rows.length > 0 ? capabilitiesOfRows(rows) : undefined
}

/** What the models take together. */
export const allCapabilities = (): Capabilities => capabilitiesOfRows(modelRows)

/** The entry of each model in OpenClaw's catalog. */
export const catalog = (): Readonly<Record<string, { modes: VideoMode[]; capabilities: Capabilities }>> =>
  Object.fromEntries(
    [AUTO, ...modelRows.map(({ model }) => model)].map((model) => {
      const rows = rowsOf(model)
      const modes = MODES.filter((mode) => rows.some((row) => row.mode === mode))
      return [model, { modes, capabilities: capabilitiesOfRows(rows) }]
    }),
  )
