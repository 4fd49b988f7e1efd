import type { AuthMethod, AuthRuntime, HostConfig, PluginApi } from './host'

export const PROVIDER = 'runapi'
export const KEY_VARIABLE = 'RUNAPI_API_KEY'

interface Asker {
  cfg?: HostConfig
  agentDir?: string
  authStore?: unknown
}

/**
 * The key for one request: the stored profile of the agent, the user's RunAPI configuration for chat, the environment.
 * `undefined` if there is none.
 */
export const apiKeyFor = async (api: PluginApi, asker: Asker): Promise<string | undefined> => {
  const lookup = {
    provider: PROVIDER,
    ...(asker.cfg && { cfg: asker.cfg }),
    ...(asker.agentDir !== undefined && { agentDir: asker.agentDir }),
    ...(asker.authStore !== undefined && { store: asker.authStore }),
  }
  for (const runtime of [await hostModule<AuthRuntime>('provider-auth-runtime'), api.runtime.modelAuth]) {
    // It throws if it finds nothing.
    const found = await runtime?.resolveApiKeyForProvider(lookup).catch(() => undefined)
    if (found?.apiKey) return found.apiKey
  }
  // `openclaw infer` knows the variable of bundled providers only.
  return process.env[KEY_VARIABLE]?.trim() || undefined
}

/** Whether there is a key, as far as that can be told without reading secrets. */
export const hasKey = (api: PluginApi, { cfg, agentDir }: Asker): boolean => {
  if (process.env[KEY_VARIABLE]?.trim()) return true
  const lookup = { provider: PROVIDER, ...(cfg && { cfg }), ...(agentDir !== undefined && { agentDir }) }
  return api.runtime.modelAuth.isProviderApiKeyConfigured?.(lookup) ?? true
}

/** A module of the OpenClaw that runs this plugin; `undefined` for a release without it. */
const hostModule = async <T>(name: string): Promise<T | undefined> => {
  try {
    // A name in pieces, so that no bundler looks for it: the package does not depend on OpenClaw.
    const specifier = ['openclaw', 'plugin-sdk', name].join('/')
    return (await import(specifier)) as T
  } catch {
    return undefined
  }
}

interface ApiKeyAuth {
  createProviderApiKeyAuthMethod(given: Readonly<Record<string, unknown>>): AuthMethod
}

const WIZARD = {
  choiceId: 'runapi-api-key',
  choiceLabel: 'RunAPI API key',
  groupId: PROVIDER,
  groupLabel: 'RunAPI',
  groupHint: 'Luma and Hailuo videos',
  onboardingScopes: ['image-generation'],
}

/** How onboarding and `openclaw models auth login` ask for the key and store it, with OpenClaw's own means. */
export const keyAuthMethod = (): AuthMethod => {
  const made = async (): Promise<AuthMethod> => {
    const module = await hostModule<ApiKeyAuth>('provider-auth-api-key')
    if (!module) throw new Error(`This OpenClaw cannot store the key. Set ${KEY_VARIABLE} instead.`)
    return module.createProviderApiKeyAuthMethod({
      providerId: PROVIDER,
      methodId: 'api-key',
      label: 'RunAPI API key',
      optionKey: 'runapiApiKey',
      flagName: '--runapi-api-key',
      envVar: KEY_VARIABLE,
      promptMessage: 'Enter your RunAPI API key',
      wizard: WIZARD,
    })
  }
  return {
    id: 'api-key',
    label: 'RunAPI API key',
    hint: 'Luma and Hailuo videos',
    kind: 'api_key',
    wizard: WIZARD,
    run: async (context) => (await made()).run(context),
    runNonInteractive: async (context) => (await made()).runNonInteractive(context),
  }
}
