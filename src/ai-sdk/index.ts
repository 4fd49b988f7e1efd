export { createRunApi, type RunApiProvider, type RunApiVideoModelId } from './create-run-api'
export type {
  CallResponse,
  CallWarning,
  GeneratedVideo,
  JsonObject,
  JsonValue,
  RunApiVideoMetadata,
  RunApiVideoModel,
  VideoCallOptions,
  VideoFile,
  VideoGeneration,
  VideoStart,
  VideoStatus,
  VideoStatusOptions,
  WebhookOption,
} from './types'
