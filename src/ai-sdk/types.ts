/** A JSON value, as the AI SDK types it. */
export type JsonValue = null | string | number | boolean | JsonObject | JsonValue[]

/** A JSON object, as the AI SDK types it. */
export type JsonObject = { [key: string]: JsonValue | undefined }

/** An image or a video from the AI SDK: its URL or its bytes. */
export type VideoFile =
  | { type: 'url'; url: string; mediaType?: string | undefined }
  | { type: 'file'; data: string | Uint8Array; mediaType: string }

/** The options that the AI SDK calls a video model with, in both majors (`VideoModelV3CallOptions`, `VideoModelV4CallOptions`). */
export interface VideoCallOptions {
  prompt?: string | undefined
  n?: number | undefined
  aspectRatio?: string | undefined
  resolution?: string | undefined
  duration?: number | undefined
  fps?: number | undefined
  seed?: number | undefined
  image?: VideoFile | undefined
  frameImages?: readonly { image: VideoFile; frameType: 'first_frame' | 'last_frame' }[] | undefined
  inputReferences?: readonly VideoFile[] | undefined
  generateAudio?: boolean | undefined
  /** `runapi` contains the service's own parameters under their own names, and `idempotencyKey`, `clientRequestId`, `extraParams`, `validate`. */
  providerOptions?: Readonly<Record<string, unknown>> | undefined
  abortSignal?: AbortSignal | undefined
  /** Sent with each request of the call. An `Idempotency-Key` names the purchase. */
  headers?: Readonly<Record<string, string | undefined>> | undefined
}

/** A part of a call that was left out, or done differently than requested. */
export type CallWarning =
  | { type: 'unsupported'; feature: string; details?: string }
  | { type: 'compatibility'; feature: string; details?: string }
  | { type: 'other'; message: string }

/** A finished video. The SDK downloads it. */
export type GeneratedVideo = { type: 'url'; url: string; mediaType: string }

/** Data that the SDK keeps for telemetry. */
export interface CallResponse {
  timestamp: Date
  modelId: string
  headers: Record<string, string> | undefined
}

/** The contents of `providerMetadata.runapi`. */
export type RunApiVideoMetadata = {
  /** The task's handle: `provider.client.task(handle)` polls, waits and downloads. It contains the idempotency key too. */
  task: JsonObject
  /** Whether the service answered with the task of an earlier create of the same key; nothing was bought again. */
  replayed?: boolean
  /** The finished videos. With several calls the SDK joins their lists. */
  videos?: { url: string; expiresAt?: string; task: JsonObject }[]
  /** The cost of the task in US dollars, if the service reports it. */
  costUsd?: number
  /** The service's own code of a failure, if it sent one. */
  serviceCode?: string
}

type Metadata = { runapi: RunApiVideoMetadata }

/** The result of `doGenerate`. */
export interface VideoGeneration {
  videos: GeneratedVideo[]
  warnings: CallWarning[]
  providerMetadata: Metadata
  response: CallResponse
}

/** The result of `doStart`. */
export interface VideoStart {
  /** The task's handle as plain data. */
  operation: JsonObject
  warnings: CallWarning[]
  providerMetadata: Metadata
  response: CallResponse
}

/** The result of `doStatus`. */
export type VideoStatus =
  | { status: 'pending'; providerMetadata: Metadata; response: CallResponse }
  | ({ status: 'completed' } & VideoGeneration)
  | { status: 'error'; error: string; providerMetadata: Metadata; response: CallResponse }

/** The options of `doStatus`. */
export interface VideoStatusOptions {
  /** The operation that `doStart` returned, from wherever it was stored. */
  operation: unknown
  abortSignal?: AbortSignal | undefined
  headers?: Readonly<Record<string, string | undefined>> | undefined
}

/** The user's webhook as the SDK hands it over. */
export interface WebhookOption<Delivery> {
  webhook: () => PromiseLike<{ url: string; received: PromiseLike<Delivery> }>
}

/**
 * A video model of the AI SDK: `VideoModelV3` of `ai@6`, whose further methods are those of `ai@7`'s `VideoModelV4`.
 * `ai@7` takes it as it takes every V3 model, and finds them.
 */
export interface RunApiVideoModel {
  readonly specificationVersion: 'v3'
  readonly provider: 'runapi'
  readonly modelId: string
  readonly maxVideosPerCall: 1
  /** Buys a video and waits for it. */
  doGenerate(options: VideoCallOptions): Promise<VideoGeneration>
  /** Buys a video and does not wait. */
  doStart(options: VideoCallOptions & { webhookUrl?: string | undefined }): Promise<VideoStart>
  /** Asks for the status once. */
  doStatus(options: VideoStatusOptions): Promise<VideoStatus>
  /** Says that deliveries are possible, and passes on their URL. */
  handleWebhookOption<Delivery>(
    options: WebhookOption<Delivery>,
  ): Promise<{ webhookUrl: string; received: PromiseLike<Delivery> }>
}
