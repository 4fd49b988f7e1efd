// The parts of OpenClaw's plugin interface that are used here, written down as seen in openclaw 2026.9: the package
// has no dependency on `openclaw`.

/** An image or a video that the agent hands over: a URL as it was given, or the bytes of a local file. */
export interface SourceAsset {
  url?: string
  buffer?: Uint8Array
  mimeType?: string
  fileName?: string
  role?: string
}

export interface VideoRequest {
  model: string
  prompt: string
  cfg: HostConfig
  agentDir?: string
  authStore?: unknown
  timeoutMs?: number
  resolution?: string
  durationSeconds?: number
  watermark?: boolean
  inputImages?: readonly SourceAsset[]
  inputVideos?: readonly SourceAsset[]
  providerOptions?: Readonly<Record<string, unknown>>
}

export interface GeneratedVideo {
  buffer?: Buffer
  url?: string
  mimeType: string
  fileName: string
  metadata?: Record<string, unknown>
}

export interface VideoResult {
  videos: GeneratedVideo[]
  model: string
  metadata: Record<string, unknown>
}

export type VideoMode = 'generate' | 'imageToVideo' | 'videoToVideo'

/** What one mode of one model takes. An explicit `undefined` clears what the provider says for all its models. */
export interface ModeCapabilities {
  enabled?: boolean
  maxVideos?: number | undefined
  maxInputImages?: number | undefined
  maxInputVideos?: number | undefined
  maxDurationSeconds?: number | undefined
  supportedDurationSeconds?: readonly number[] | undefined
  resolutions?: readonly string[] | undefined
  supportsResolution?: boolean | undefined
  supportsWatermark?: boolean | undefined
  providerOptions?: Readonly<Record<string, 'number' | 'boolean' | 'string'>> | undefined
}

export interface Capabilities extends ModeCapabilities {
  generate?: ModeCapabilities
  imageToVideo?: ModeCapabilities & { enabled: boolean }
  videoToVideo?: ModeCapabilities & { enabled: boolean }
}

export interface VideoProvider {
  id: string
  label: string
  defaultModel: string
  defaultTimeoutMs: number
  models: string[]
  capabilities: Capabilities
  catalogByModel: Readonly<Record<string, { modes: readonly VideoMode[]; capabilities: Capabilities }>>
  isConfigured(context: { cfg?: HostConfig; agentDir?: string }): boolean
  resolveModelCapabilities(context: { model: string }): Capabilities | undefined
  generateVideo(request: VideoRequest): Promise<VideoResult>
}

/** Read field by field: it is the user's whole configuration. */
export type HostConfig = Readonly<Record<string, unknown>>

interface KeyLookup {
  provider: string
  cfg?: HostConfig
  agentDir?: string
  store?: unknown
}

/** `openclaw/plugin-sdk/provider-auth-runtime`, which knows the profiles of every agent. */
export interface AuthRuntime {
  resolveApiKeyForProvider(lookup: KeyLookup): Promise<{ apiKey?: string }>
}

export interface AuthMethod {
  id: string
  label: string
  hint?: string
  kind: 'api_key'
  wizard: Readonly<Record<string, unknown>>
  run(context: unknown): Promise<unknown>
  runNonInteractive(context: unknown): Promise<unknown>
}

export interface PluginApi {
  /** `plugins.entries.runapi-video.config`, checked by the manifest's schema. */
  pluginConfig?: unknown
  logger?: { info(text: string): void; warn(text: string): void; error(text: string): void }
  runtime: {
    modelAuth: AuthRuntime & {
      isProviderApiKeyConfigured?(lookup: KeyLookup): boolean
    }
    state: { resolveStateDir(env: NodeJS.ProcessEnv): string }
    videoGeneration?: {
      listProviders(given: { config?: HostConfig }): readonly Pick<VideoProvider, 'id' | 'isConfigured'>[]
    }
  }
  registerProvider(provider: { id: string; label: string; envVars: string[]; auth: AuthMethod[] }): void
  registerVideoGenerationProvider(provider: VideoProvider): void
}
