export type {
  CallWarning,
  JsonObject,
  JsonValue,
  VideoCallOptions,
  VideoFile,
} from './call-options'
export { createRunApi, type RunApiProvider } from './create-run-api'
export type { RunApiVideoModelId } from './model-endpoint-of'
export type {
  CallResponse,
  GeneratedVideo,
  RunApiVideoMetadata,
  RunApiVideoModel,
  VideoGeneration,
  VideoStart,
  VideoStatus,
  VideoStatusOptions,
  WebhookOption,
} from './video-model-types'
