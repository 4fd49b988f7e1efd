import { type EndpointName, type FieldRules, type StandardSchema, schemas } from '../index'
import type { Capabilities, ModeCapabilities, VideoMode } from './host'

/** One model, as its endpoint's schema describes it. */
export interface ModelRow {
  readonly model: string
  readonly endpoint: EndpointName
  readonly mode: VideoMode
  /** The parameters that it takes, without the model. */
  readonly fields: FieldRules
  /** The rules of its endpoint. */
  readonly schema: StandardSchema
}

const modeOf = (fields: FieldRules): VideoMode => {
  if ('source_video_url' in fields) return 'videoToVideo'
  return 'first_frame_image_url' in fields ? 'imageToVideo' : 'generate'
}

interface TableSchema extends StandardSchema {
  readonly models: Readonly<Record<string, FieldRules>>
}

/** Every model of every family. */
export const modelRows: readonly ModelRow[] = Object.entries(schemas).flatMap(([family, methods]) =>
  Object.entries<TableSchema>(methods).flatMap(([method, schema]) =>
    Object.entries(schema.models).map(([model, fields]) => {
      const endpoint = `${family}.${method}` as EndpointName
      return { model, endpoint, mode: modeOf(fields), fields, schema }
    }),
  ),
)

/** The model that takes whatever the mode's default takes, and the models of the mode that may stand in. */
export const AUTO = 'auto'

/**
 * The models among which `auto` chooses the first that takes the request: the cheaper tier of each, endpoint by endpoint,
 * so that a family added behind the others does not change what `auto` buys.
 */
export const autoModels = (mode: VideoMode): ModelRow[] => {
  const standard = modelRows.filter((row) => row.mode === mode && !row.model.endsWith('-pro'))
  const endpoints = standard.map(({ endpoint }) => endpoint)
  // The newest first: Hailuo 2.3 has the better motion, and 02 is there for a last frame.
  return standard.sort(
    (a, b) => endpoints.indexOf(a.endpoint) - endpoints.indexOf(b.endpoint) || b.model.localeCompare(a.model),
  )
}

// OpenClaw's requests have fields of their own for these.
const OPENCLAW_FIELDS: ReadonlySet<string> = new Set([
  'prompt',
  'first_frame_image_url',
  'last_frame_image_url',
  'source_video_url',
  'duration_seconds',
  'output_resolution',
  'watermark',
])

/** The parameters that a request gives as `providerOptions`, and the type of each. */
export const providerOptionsOf = (
  fields: FieldRules,
): Record<string, NonNullable<ModeCapabilities['providerOptions']>[string]> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => !OPENCLAW_FIELDS.has(name))
      .map(([name, { kind, allowed }]) => {
        if (kind === 'flag') return [name, 'boolean']
        return [name, typeof allowed?.[0] === 'number' ? 'number' : 'string']
      }),
  )

const modeCapabilities = (rows: readonly ModelRow[]): ModeCapabilities => {
  const valuesOf = (name: string): unknown[] => [
    ...new Set(rows.flatMap(({ fields }) => fields[name]?.allowed ?? [])),
  ]
  const durations = valuesOf('duration_seconds') as number[]
  const resolutions = (valuesOf('output_resolution') as string[]).map((each) => each.toUpperCase())
  const takes = (name: string): boolean => rows.some(({ fields }) => name in fields)
  const options = rows.map(({ fields }) => providerOptionsOf(fields))
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
    providerOptions: Object.assign({}, ...options, { take: 'number' }),
  }
}

const capabilitiesOfRows = (rows: readonly ModelRow[]): Capabilities => {
  const of = (mode: VideoMode) => rows.filter((row) => row.mode === mode)
  const block = (mode: VideoMode) => ({ enabled: of(mode).length > 0, ...modeCapabilities(of(mode)) })
  const generate = of('generate')
  return {
    // Read if a request names no mode.
    ...modeCapabilities(rows),
    ...(generate.length > 0 && { generate: modeCapabilities(generate) }),
    imageToVideo: block('imageToVideo'),
    videoToVideo: block('videoToVideo'),
  }
}

const rowsOf = (model: string): readonly ModelRow[] =>
  model === AUTO ? MODES.flatMap(autoModels) : modelRows.filter((row) => row.model === model)

const MODES = ['generate', 'imageToVideo', 'videoToVideo'] as const

/** The capabilities of a model; `undefined` for an unknown one. */
export const capabilitiesOf = (model: string): Capabilities | undefined => {
  const rows = rowsOf(model)
  return rows.length > 0 ? capabilitiesOfRows(rows) : undefined
}

/** The combined capabilities of the models. */
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
