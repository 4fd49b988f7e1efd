import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { PluginApi, VideoRequest } from '../../src/openclaw/host'
import { videoProvider } from '../../src/openclaw/video-provider'
import { createEmulator, type EmulatorOptions } from '../../src/testing'

export interface HostOptions {
  config?: Record<string, unknown>
  /** Other video providers that have a key. */
  others?: string[]
  emulator?: EmulatorOptions
  key?: string | undefined
  /** What happens before a request goes to the emulator. */
  before?: (path: string) => void
}

/** The plugin's provider in a host of our own, with a state folder and an emulator. */
export const openHost = async ({
  config = {},
  others = [],
  emulator: options,
  before,
  ...given
}: HostOptions = {}) => {
  const state = await mkdtemp(join(tmpdir(), 'runapi-video-openclaw-'))
  onTestFinished(() => rm(state, { recursive: true, force: true }))
  const emulator = createEmulator(options)
  const key = 'key' in given ? given.key : 'key-of-the-profile'
  const log: string[] = []
  const note = (text: string) => void log.push(text)
  const api: PluginApi = {
    pluginConfig: config,
    logger: { info: note, warn: note, error: note },
    runtime: {
      modelAuth: {
        resolveApiKeyForProvider: async () => {
          if (key === undefined) throw new Error('No API key found')
          return { apiKey: key }
        },
        isProviderApiKeyConfigured: () => key !== undefined,
      },
      state: { resolveStateDir: () => state },
      videoGeneration: {
        listProviders: () => ['runapi', ...others].map((id) => ({ id, isConfigured: () => true })),
      },
    },
    registerProvider: () => {},
    registerVideoGenerationProvider: () => {},
  }
  const fetch: typeof globalThis.fetch = async (input, init) => {
    before?.(new URL(input instanceof Request ? input.url : input).pathname)
    return emulator.fetch(input, init)
  }
  // As OpenClaw does, which evaluates the plugin again and again.
  const provider = () => videoProvider(api, { fetch, clock: emulator.clock })
  const generate = (request: Partial<VideoRequest>) =>
    provider().generateVideo({ model: 'auto', prompt: 'Rain', cfg: {}, ...request })
  return { emulator, provider, generate, state, api, log }
}
