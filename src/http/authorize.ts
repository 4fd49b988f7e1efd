import { ConfigurationError } from '../errors/configuration-error'
import { RunApiError } from '../errors/run-api-error'
import { isBrowser, pageAddress, readEnv } from '../platform/env'
import { ownText } from '../platform/own'
import { VERSION } from '../platform/version'
import type { BaseUrl } from '../settings/base-url'
import type { HeaderRecord } from '../settings/headers'
import type { Settings } from '../settings/settings'
import type { ApiRequest, Authorize, Authorized } from './context'
import { redactorOf, safeCause } from './redact'

/**
 * Makes the headers of a client's attempts. What all of them have in common is made once, at the first one. The key is
 * asked for anew each time, so that it can be rotated.
 */
export const createAuthorize = (settings: Settings): Authorize => {
  let common: CommonHeaders | undefined
  let latest: KeyHeaders | undefined
  const withKey = (request: ApiRequest, key: string | null, keyFrom: string | undefined): Authorized => {
    common ??= commonHeaders(settings)
    if (latest === undefined || latest.key !== key) latest = keyHeaders(common, key)
    const { secrets, redact } = latest
    const ofClient = request.body === undefined ? latest.withoutBody : latest.withBody
    // Most calls bring none, and then all attempts share one object.
    const isPlain = Object.keys(request.headers ?? {}).length === 0
    const headers = isPlain ? ofClient : { ...ofClient, ...request.headers }
    return { headers, secrets, redact, keyFrom }
  }
  return (request) => {
    const base = settings.baseUrl()
    // What is constant for the client is checked until it passes once.
    if (!common) refuseOpenBrowser(settings, base)
    const ofCall = ownText(request.headers, AUTHORIZATION) ?? ownText(settings.headers, AUTHORIZATION)
    if (ofCall !== undefined) return withOwn(withKey(request, null, undefined), ofCall)
    const { apiKey } = settings
    if (typeof apiKey === 'function')
      return keyGivenBy(apiKey).then((key) => withKey(request, key, 'the function given as apiKey'))
    const key = apiKey === undefined ? readEnv('RUNAPI_API_KEY') : apiKey
    if (key === undefined && request.keyOptional) return withKey(request, null, undefined)
    if (key === null) {
      if (!request.keyOptional) refuseNull(base)
      return withKey(request, null, undefined)
    }
    const isKnown = key !== undefined && latest?.key === key
    const from = apiKey === undefined ? 'the environment variable RUNAPI_API_KEY' : 'the option apiKey'
    return withKey(request, isKnown ? key : checkApiKey(key), from)
  }
}

const AUTHORIZATION = 'authorization'

interface CommonHeaders {
  withoutBody: HeaderRecord
  withBody: HeaderRecord
}

const commonHeaders = ({ headers }: Settings): CommonHeaders => {
  const ours: HeaderRecord = {
    accept: 'application/json',
    ...(!isBrowser() && { 'user-agent': `runapi-video/${VERSION}` }),
  }
  return {
    withoutBody: { ...ours, ...headers },
    withBody: { ...ours, 'content-type': 'application/json', ...headers },
  }
}

interface KeyHeaders extends CommonHeaders {
  key: string | null
  secrets: readonly string[]
  redact: (text: string) => string
}

const keyHeaders = ({ withoutBody, withBody }: CommonHeaders, key: string | null): KeyHeaders => {
  const secrets = key === null ? [] : [key]
  const authorization = key === null ? {} : { authorization: `Bearer ${key}` }
  return {
    key,
    secrets,
    redact: redactorOf(secrets),
    withoutBody: { ...withoutBody, ...authorization },
    withBody: { ...withBody, ...authorization },
  }
}

/** The headers of an attempt whose caller passes an Authorization header. */
const withOwn = ({ headers }: Authorized, authorization: string): Authorized => {
  const secrets = [authorization, authorization.replace(/^\S+\s+/, '')]
  const keyFrom = 'an Authorization header among your headers'
  return { headers: { ...headers, authorization }, secrets, redact: redactorOf(secrets), keyFrom }
}

const refuseOpenBrowser = (settings: Settings, base: BaseUrl): void => {
  if (!base.isService || settings.dangerouslyAllowBrowser || pageAddress() === undefined) return
  throw new ConfigurationError(
    'baseUrl: in a browser page the key would be readable by every visitor. Add a route on your server that forwards ' +
      'to https://runapi.ai with the key, and pass its path as baseUrl with apiKey: null. To expose the key on ' +
      'purpose, pass dangerouslyAllowBrowser: true',
  )
}

const refuseNull = ({ isService, origin }: BaseUrl): void => {
  if (!isService) return
  throw new ConfigurationError(
    `apiKey: null sends no Authorization, which ${origin} refuses; pass a key, or your own server as baseUrl`,
  )
}

const keyGivenBy = async (give: () => unknown): Promise<string> => {
  try {
    return checkApiKey(await give())
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
 * Deno print a header's value in the error of one that contains a line break.
 */
export const checkApiKey = (key: unknown): string => {
  const text = typeof key === 'string' ? key.trim() : undefined
  if (!text)
    throw new ConfigurationError(
      `apiKey: the RunAPI key is missing; get one at https://runapi.ai, then ${HOW}`,
    )
  // As env files, YAML and `process.env.X = undefined` leave a key.
  if (/^(?:bearer\s|["'`$]|(?:undefined|null)$)/i.test(text)) {
    throw new ConfigurationError(
      `apiKey: must be the key alone, without "Bearer ", quotation marks or a variable; ${HOW}`,
    )
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
  if (/[\x00-\x20\x7f-\xa0]|[^\x00-\xff]/.test(text)) {
    throw new ConfigurationError(
      `apiKey: the RunAPI key holds a space, a control or a non-Latin-1 character; copy it again, then ${HOW}`,
    )
  }
  return text
}
