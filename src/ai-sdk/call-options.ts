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
