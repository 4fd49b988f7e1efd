import { readEnv } from '../platform/env'
import type { BadProxyVariable } from './transport'

/** Proxies that the environment names; `NO_PROXY` is left to undici. */
export interface ProxyVariables {
  httpProxy?: string
  httpsProxy?: string
}

/** Reads the proxy variables; `undefined` when there are none. */
export const readProxyVariables = (): ProxyVariables | undefined => {
  const httpProxy = readProxy('http_proxy') ?? readProxy('HTTP_PROXY')
  const httpsProxy = readProxy('https_proxy') ?? readProxy('HTTPS_PROXY')
  if (httpProxy === undefined && httpsProxy === undefined) return undefined
  return { ...(httpProxy !== undefined && { httpProxy }), ...(httpsProxy !== undefined && { httpsProxy }) }
}

const readProxy = (name: string): string | undefined => {
  const text = readEnv(name)
  if (text === undefined) return undefined
  // curl and others take `proxy:3128` too.
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
  if (/^(?:https?|socks5?):/i.test(url) && URL.canParse(url)) return url
  throw { badProxyVariable: name } satisfies BadProxyVariable
}
