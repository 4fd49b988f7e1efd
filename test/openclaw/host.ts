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
}

/** The plugin's provider in a host of our own, with a state folder and an emulator. */
export const openHost = async ({
  config = {},
  others = [],
  emulator: options,
  ...given
}: HostOptions = {}) => {
  const state = await mkdtemp(join(tmpdir(), 'runapi-video-openclaw-'))
  onTestFinished(() => rm(state, { recursive: true, force: true }))
  const emulator = createEmulator(options)
  const key = 'key' in given ? given.key : 'key-of-the-profile'
  const api: PluginApi = {
    pluginConfig: config,
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
  // As OpenClaw does, which evaluates the plugin again and again.
  const provider = () => videoProvider(api, { fetch: emulator.fetch, clock: emulator.clock })
  const generate = (request: Partial<VideoRequest>) =>
    provider().generateVideo({ model: 'auto', prompt: 'Rain', cfg: {}, ...request })
  return { emulator, provider, generate, state, api }
}
