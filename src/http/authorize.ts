import { ConfigurationError } from '../errors/configuration-error'
import { RunApiError } from '../errors/run-api-error'
import { isBrowser, pageAddress, readEnv } from '../platform/env'
import { VERSION } from '../platform/version'
import type { BaseUrl } from '../settings/base-url'
import type { HeaderRecord } from '../settings/headers'
import type { Settings } from '../settings/settings'
import { checkApiKey } from './api-key'
import type { ApiRequest } from './context'
import { safeCause } from './redact'

export interface Authorized {
  headers: HeaderRecord
  /** What must not appear in anything that this attempt reports. */
  secrets: readonly string[]
}

/** The headers of one attempt. The key is asked for anew, so that it can be rotated. */
export const authorize = async (settings: Settings, base: BaseUrl, what: ApiRequest): Promise<Authorized> => {
  refuseOpenBrowser(settings, base)
  const headers: HeaderRecord = {
    accept: 'application/json',
    ...(!isBrowser() && { 'user-agent': `runapi-video/${VERSION}` }),
    ...(what.json !== undefined && { 'content-type': 'application/json' }),
    ...settings.headers,
    ...what.headers,
  }
  const given = headers.authorization
  if (given !== undefined) return { headers, secrets: [given, given.replace(/^\S+\s+/, '')] }
  const key = what.keyOptional && !hasKey(settings) ? null : await keyOf(settings, base)
  if (key === null) return { headers, secrets: [] }
  return { headers: { ...headers, authorization: `Bearer ${key}` }, secrets: [key] }
}

const hasKey = ({ apiKey }: Settings): boolean =>
  apiKey !== null && (apiKey !== undefined || readEnv('RUNAPI_API_KEY') !== undefined)

const refuseOpenBrowser = (settings: Settings, base: BaseUrl): void => {
  if (!base.isService || settings.dangerouslyAllowBrowser || pageAddress() === undefined) return
  throw new ConfigurationError(
    'baseUrl: in a browser page the key would be readable by every visitor. Add a route on your server that forwards ' +
      'to https://runapi.ai with the key, and pass its path as baseUrl with apiKey: null. To expose the key on ' +
      'purpose, pass dangerouslyAllowBrowser: true',
  )
}

const keyOf = async (settings: Settings, base: BaseUrl): Promise<string | null> => {
  const { apiKey } = settings
  if (apiKey === null) {
    if (!base.isService) return null
    throw new ConfigurationError(
      `apiKey: null sends no Authorization, which ${base.origin} refuses; pass a key, or your own server as baseUrl`,
    )
  }
  if (typeof apiKey !== 'function') return checkApiKey(apiKey ?? readEnv('RUNAPI_API_KEY'))
  try {
    return checkApiKey(await apiKey())
  } catch (error) {
    if (RunApiError.is(error)) throw error
    throw new ConfigurationError('apiKey: the function that gives the key failed; see cause', {
      cause: safeCause(error, []),
    })
  }
}
