import { createHash } from 'node:crypto'
import type { SourceAsset, VideoMode, VideoRequest } from './host'
import { AUTO, autoModels, type ModelRow, modelRows, providerOptionsOf } from './model-capabilities'

/** The agent's request as parameters of an endpoint, before any file is uploaded. */
export interface PlannedOrder {
  readonly endpoint: ModelRow['endpoint']
  /** Without the files. */
  readonly params: Readonly<Record<string, unknown>>
  /** The files, by the field that takes their URL. */
  readonly files: Readonly<Record<string, SourceAsset & { buffer: Uint8Array }>>
  /** The same for the same request: model, parameters, inputs by content. */
  readonly fingerprint: string
}

/** Why a request ended before anything that costs money was sent. `reason` is written for the agent. */
export class RefusedRequest extends Error {
  constructor(reason: string) {
    super(`Nothing was bought. ${reason}`)
  }
}

/** Turns a request into an order that its model takes; throws a `RefusedRequest` that says what to change. */
export const planOrder = (request: VideoRequest): PlannedOrder => {
  const mode = modeOf(request)
  const plans = rowsFor(request.model, mode).map((row) => planFor(row, request))
  // If several models refuse it, the nearest one says what to change.
  const [best] = plans.sort((a, b) => a.problems.length - b.problems.length)
  if (!best || best.problems.length > 0) throw new RefusedRequest(`${best?.problems.join('; ')}.`)
  return best.order
}

const modeOf = ({ inputImages = [], inputVideos = [] }: VideoRequest): VideoMode => {
  if (inputImages.length > 0 && inputVideos.length > 0) {
    throw new RefusedRequest('RunAPI takes images or a video, not both. Leave one of them out.')
  }
  if (inputVideos.length > 1) throw new RefusedRequest('Luma takes one video. Leave out the others.')
  if (inputVideos.length === 1) return 'videoToVideo'
  return inputImages.length > 0 ? 'imageToVideo' : 'generate'
}

const rowsFor = (model: string, mode: VideoMode): readonly ModelRow[] => {
  if (model === AUTO) return autoModels(mode)
  const rows = modelRows.filter((row) => row.model === model)
  const [row] = rows
  if (!row) {
    const known = [AUTO, ...modelRows.map((each) => each.model)].join(', ')
    throw new RefusedRequest(`RunAPI has no model "${model}". Use one of: ${known}.`)
  }
  if (row.mode === mode) return rows
  const others = modelRows.filter((each) => each.mode === mode).map((each) => each.model)
  throw new RefusedRequest(`${model} does not take ${INPUTS[mode]}. Use one of: ${others.join(', ')}.`)
}

const INPUTS = { generate: 'a prompt alone', imageToVideo: 'images', videoToVideo: 'a video' } as const

const planFor = (row: ModelRow, request: VideoRequest): { order: PlannedOrder; problems: string[] } => {
  const takes = (name: string): boolean => name in row.fields
  const { take, ...options } = request.providerOptions ?? {}
  const known = providerOptionsOf(row.fields)
  // What a model has no field for is fixed there, so a hint about it is not a mistake: OpenClaw sends such hints to all.
  const hints = {
    duration_seconds: request.durationSeconds,
    output_resolution: request.resolution?.toLowerCase(),
    watermark: request.watermark,
  }
  const params: Record<string, unknown> = { model: row.model, prompt: request.prompt }
  const problems: string[] = []
  for (const [name, value] of Object.entries(options)) {
    if (Object.hasOwn(known, name)) params[name] = value
    else problems.push(`providerOptions: ${row.model} does not take ${name}, leave it out`)
  }
  for (const [name, value] of Object.entries(hints)) {
    if (value !== undefined && takes(name)) params[name] = value
  }
  const files: Record<string, SourceAsset & { buffer: Uint8Array }> = {}
  const contents: Record<string, string> = {}
  for (const [name, asset] of Object.entries(inputsOf(row, request))) {
    const { url, buffer } = asset
    if (url) {
      // Not the whole of it: a data URL contains the file.
      if (!/^https?:/i.test(url)) {
        throw new RefusedRequest(
          `${name}: "${url.slice(0, 40)}" is not an http or https URL. Pass one, or the path of a local file.`,
        )
      }
      params[name] = url
      contents[name] = withoutSignature(url)
    } else if (buffer?.length) {
      files[name] = { ...asset, buffer }
      contents[name] = `sha256:${sha256(buffer)}`
    } else throw new RefusedRequest(`${name}: the input has neither a URL nor bytes.`)
  }
  const { callback_url: _, ...asked } = { ...params, ...contents }
  const fingerprint = sha256(JSON.stringify([row.endpoint, take ?? 1, Object.entries(asked).sort()]))
  problems.push(...problemsOf(row, { ...params, ...placeholders(Object.keys(files)) }))
  return { order: { endpoint: row.endpoint, params, files, fingerprint }, problems }
}

const inputsOf = (row: ModelRow, request: VideoRequest): Record<string, SourceAsset> => {
  if (row.mode === 'generate') return {}
  if (row.mode === 'videoToVideo') return { source_video_url: request.inputVideos?.[0] as SourceAsset }
  const images = request.inputImages ?? []
  const roles = images.map(({ role }) => role)
  const frames: Record<string, SourceAsset> = {}
  for (const [index, image] of images.entries()) {
    // An image without a role takes the first one that no image has.
    const free = roles.includes('first_frame') ? 'last_frame' : 'first_frame'
    const role = roles[index] || free
    roles[index] = role
    if (role !== 'first_frame' && role !== 'last_frame') {
      throw new RefusedRequest(`imageRoles: "${role}" is not known here. Use first_frame or last_frame.`)
    }
    const field = `${role}_image_url`
    if (field in frames) {
      throw new RefusedRequest(`RunAPI takes one ${role} image, and at most a first and a last one.`)
    }
    frames[field] = image
  }
  return frames
}

/** The parameters of a signed URL: they change whenever it is signed, and the file stays the same. */
const SIGNATURE =
  /^(?:x-(?:amz|goog|oss)-.*|signature|expires|policy|key-pair-id|awsaccesskeyid|googleaccessid|sig|se|sv|sp|sr|st|token)$/i

const withoutSignature = (text: string): string => {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  for (const name of [...url.searchParams.keys()]) if (SIGNATURE.test(name)) url.searchParams.delete(name)
  url.hash = ''
  return url.href
}

const placeholders = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `https://file.runapi.ai/${name}`]))

/** The sentences of the rules that the parameters break. */
const problemsOf = ({ schema }: ModelRow, params: object): string[] => {
  const result = schema['~standard'].validate(params)
  if (result instanceof Promise || !result.issues) return []
  return result.issues.map(({ path = [], message }) => [...path, message].join(': '))
}

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')
