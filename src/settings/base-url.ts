import { ConfigurationError } from '../errors/configuration-error'
import { requireGlobals } from './globals'

export const SERVICE_URL = 'https://runapi.ai'

/** A checked base URL. */
export interface BaseUrl {
  /** Without a slash at its end. */
  readonly href: string
  readonly origin: string
  /** The prefix of every request's path; empty at the root. */
  readonly prefix: string
  readonly isLoopback: boolean
  /** Whether this is RunAPI's own host, and not a proxy or an emulator. */
  readonly isService: boolean
}

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

export const isLoopbackHost = (hostname: string): boolean => LOOPBACK.test(hostname.replace(/\.$/, ''))

export interface BaseUrlContext {
  /** The option or variable that the text came from, for the message. */
  from: string
  /** Read only if it decides: it may come from the environment, which a constructor does not read otherwise. */
  readonly allowInsecureHttp: boolean
  /** The address of the page, in a browser; there the base may be a path of the page's own server. */
  page?: string | undefined
}

/** Checks a base URL; throws a `ConfigurationError` that says how to fix it and shows no credential. */
export const parseBaseUrl = (text: unknown, context: BaseUrlContext): BaseUrl => {
  const { from, page } = context
  const refuse = (rule: string): never => {
    throw new ConfigurationError(`${from}: ${rule}`)
  }
  if (typeof text !== 'string' || text.trim() === '') return refuse(`must be a URL such as ${SERVICE_URL}`)
  const url = parseUrl(text.trim(), page)
  if (!url)
    return refuse(`must be a full URL such as ${SERVICE_URL}; a path alone works only in a browser page`)
  if (url.username || url.password)
    return refuse('must not hold a user name or password; give the key as apiKey')
  if (/[?#]/.test(text)) return refuse('must not have a query or a fragment; give origin and path only')
  const isLoopback = isLoopbackHost(url.hostname)
  const isOwnServer = page !== undefined && url.origin === new URL(page).origin
  if (url.protocol === 'http:' && !isLoopback && !isOwnServer && !context.allowInsecureHttp) {
    return refuse(
      'must be https; http sends the key in the clear and needs allowInsecureHttp: true, or RUNAPI_ALLOW_INSECURE_HTTP=1, outside loopback hosts',
    )
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse('must begin with https://')
  const prefix = url.pathname.replace(/\/+$/, '')
  const isService = /(?:^|\.)runapi\.ai$/.test(url.hostname.replace(/\.$/, ''))
  return { href: url.origin + prefix, origin: url.origin, prefix, isLoopback, isService }
}

/** The URL; `undefined` for text that is not a URL. */
export const parseUrl = (text: string, page: string | undefined): URL | undefined => {
  requireGlobals('a request', 'URL')
  try {
    return /^\/(?![/\\])/.test(text) ? new URL(text, page) : new URL(text)
  } catch {
    return undefined
  }
}

/** Whether a handle made under one base may be used under the other. */
export const sameBase = (base: BaseUrl, other: string): boolean => {
  const url = parseUrl(other, undefined)
  if (!url) return false
  if (base.isLoopback && isLoopbackHost(url.hostname)) return true
  return url.origin + url.pathname.replace(/\/+$/, '') === base.href
}
