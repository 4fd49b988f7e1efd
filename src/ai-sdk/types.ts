/** A JSON value, as the AI SDK types it. */
export type JsonValue = null | string | number | boolean | JsonObject | JsonValue[]

/** A JSON object, as the AI SDK types it. */
export type JsonObject = { [key: string]: JsonValue | undefined }

/** An image or a video that the AI SDK hands over: where it is, or its bytes. */
export type VideoFile =
  | { type: 'url'; url: string; mediaType?: string | undefined }
  | { type: 'file'; data: string | Uint8Array; mediaType: string }

/** What the AI SDK calls a video model with, in both of its majors (`VideoModelV3CallOptions`, `VideoModelV4CallOptions`). */
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
  /** `runapi` holds the service's own parameters in its own spelling, and `idempotencyKey`, `clientRequestId`, `extraParams`, `validate`. */
  providerOptions?: Readonly<Record<string, unknown>> | undefined
  abortSignal?: AbortSignal | undefined
  /** Sent with each request of the call. An `Idempotency-Key` names the purchase. */
  headers?: Readonly<Record<string, string | undefined>> | undefined
}

/** What was left out of a call, or done in another way than it was asked for. */
export type CallWarning =
  | { type: 'unsupported'; feature: string; details?: string }
  | { type: 'compatibility'; feature: string; details?: string }
  | { type: 'other'; message: string }

/** A finished video. The SDK downloads it. */
export type GeneratedVideo = { type: 'url'; url: string; mediaType: string }

/** What the SDK keeps for telemetry. */
export interface CallResponse {
  timestamp: Date
  modelId: string
  headers: Record<string, string> | undefined
}

/** What `providerMetadata.runapi` holds. */
export type RunApiVideoMetadata = {
  /** The task's handle: `provider.client.task(handle)` polls, waits and downloads. It holds the idempotency key too. */
  task: JsonObject
  /** Whether the service answered with the task of an earlier create of the same key; nothing was bought again. */
  replayed?: boolean
  /** The finished videos. With several calls the SDK joins their lists. */
  videos?: { url: string; expiresAt?: string; task: JsonObject }[]
  /** What the task cost, in US dollars, where the service says so. */
  costUsd?: number
  /** The service's own code of a failure, where it sent one. */
  serviceCode?: string
}

type Metadata = { runapi: RunApiVideoMetadata }

/** What `doGenerate` gives. */
export interface VideoGeneration {
  videos: GeneratedVideo[]
  warnings: CallWarning[]
  providerMetadata: Metadata
  response: CallResponse
}

/** What `doStart` gives. */
export interface VideoStart {
  /** The task's handle as plain data. */
  operation: JsonObject
  warnings: CallWarning[]
  providerMetadata: Metadata
  response: CallResponse
}

/** What `doStatus` gives. */
export type VideoStatus =
  | { status: 'pending'; providerMetadata: Metadata; response: CallResponse }
  | ({ status: 'completed' } & VideoGeneration)
  | { status: 'error'; error: string; providerMetadata: Metadata; response: CallResponse }

/** What `doStatus` takes. */
export interface VideoStatusOptions {
  /** What `doStart` gave, from wherever it was stored. */
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
  /** Says that deliveries are possible, and passes on where to. */
  handleWebhookOption<Delivery>(
    options: WebhookOption<Delivery>,
  ): Promise<{ webhookUrl: string; received: PromiseLike<Delivery> }>
}
