import { ConfigurationError } from '../errors/configuration-error'
import { type BaseUrl, parseUrl } from '../settings/base-url'

/** The URL of an API path under the base; refuses one that would leave the base's origin or prefix. */
export const apiUrl = (base: BaseUrl, path: string): string => {
  // What a URL parser leaves as it is: most paths, and parsing takes longer than all the rest here.
  if (/^(?:\/[\w-]+)+$/.test(path)) return base.href + path
  const url = parseUrl(base.href + path, undefined)
  const inside =
    path.startsWith('/') && url && url.origin === base.origin && startsWithPath(url.pathname, base.prefix)
  if (!inside) throw new ConfigurationError(`path: must begin with / and stay under ${base.href}`)
  return url.href
}

const startsWithPath = (pathname: string, prefix: string): boolean => pathname.startsWith(`${prefix}/`)

/** An id as one path segment; `undefined` when it cannot be one. */
export const pathSegment = (id: string): string | undefined => {
  // `encodeURIComponent` leaves dots alone, and a URL parser then walks up the path.
  if (id === '' || id === '.' || id === '..' || id.length > MAX_ID) return undefined
  try {
    return encodeURIComponent(id)
  } catch {
    // A lone surrogate has no UTF-8 form.
    return undefined
  }
}

const MAX_ID = 512

/**
 * The path of a `Location` relative to the base; `undefined` when it leads to another origin or out of the prefix:
 * following it would carry the key there.
 */
export const locationPath = (base: BaseUrl, location: string, requestUrl: string): string | undefined => {
  const url = parseLocation(location, requestUrl)
  if (!url || url.origin !== base.origin || url.username || url.password) return undefined
  if (!startsWithPath(url.pathname, base.prefix)) return undefined
  return url.pathname.slice(base.prefix.length) + url.search
}

const parseLocation = (location: string, requestUrl: string): URL | undefined => {
  try {
    return new URL(location, requestUrl)
  } catch {
    return undefined
  }
}
