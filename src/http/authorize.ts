import { ConfigurationError } from '../errors/configuration-error'
import { RunApiError } from '../errors/run-api-error'
import { isBrowser, pageAddress, readEnv } from '../platform/env'
import { VERSION } from '../platform/version'
import type { BaseUrl } from '../settings/base-url'
import type { HeaderRecord } from '../settings/headers'
import type { Settings } from '../settings/settings'
import type { ApiRequest } from './context'
import { safeCause } from './redact'

export interface Authorized {
  headers: HeaderRecord
  /** What must not appear in anything that this attempt reports. */
  secrets: readonly string[]
}

/** The headers of one attempt. The key is asked for anew, so that it can be rotated. */
export const authorize = async (
  settings: Settings,
  base: BaseUrl,
  request: ApiRequest,
): Promise<Authorized> => {
  refuseOpenBrowser(settings, base)
  const headers: HeaderRecord = {
    accept: 'application/json',
    ...(!isBrowser() && { 'user-agent': `runapi-video/${VERSION}` }),
    ...(request.json !== undefined && { 'content-type': 'application/json' }),
    ...settings.headers,
    ...request.headers,
  }
  const given = headers.authorization
  if (given !== undefined) return { headers, secrets: [given, given.replace(/^\S+\s+/, '')] }
  const key = request.keyOptional && !hasKey(settings) ? null : await keyOf(settings, base)
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

const HOW = 'pass apiKey to RunApiClient, or set the environment variable RUNAPI_API_KEY'

/**
 * A key that is safe to put into a header; no character of it is ever part of an error. Checked here because Node and
 * Deno print a header's value in the error of one that holds a line break.
 */
export const checkApiKey = (key: unknown): string => {
  const text = typeof key === 'string' ? key.trim() : undefined
  if (!text) throw new ConfigurationError(`apiKey: the RunAPI key is missing; ${HOW}`)
  if (/^bearer\s/i.test(text)) {
    throw new ConfigurationError(`apiKey: must be the key alone, without "Bearer "; ${HOW}`)
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
  if (/[\x00-\x20\x7f-\xa0]|[^\x00-\xff]/.test(text)) {
    throw new ConfigurationError(
      `apiKey: the RunAPI key holds a space, a control or a non-Latin-1 character; copy it again, then ${HOW}`,
    )
  }
  return text
}
