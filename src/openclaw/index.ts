import { KEY_VARIABLE, keyAuthMethod, PROVIDER } from './api-key'
import type { PluginApi } from './host'
import { videoProvider } from './video-provider'

/** The plugin, as OpenClaw loads it. */
const plugin = {
  id: 'runapi-video',
  name: 'RunAPI video',
  description: 'Luma and Hailuo videos through RunAPI, for video_generate. Nothing is bought twice.',
  register: (api: PluginApi): void => {
    api.registerProvider({ id: PROVIDER, label: 'RunAPI', envVars: [KEY_VARIABLE], auth: [keyAuthMethod()] })
    api.registerVideoGenerationProvider(videoProvider(api))
  },
}

export default plugin
