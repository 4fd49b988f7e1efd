import { readEnv } from '../platform/env'
import type { Misconfigured, TransportFailure } from './transport'

/** A proxy that the environment names. */
export interface EnvProxy {
  /** With its credentials. */
  url: string
  /** The variable that names it. */
  variable: string
}

/**
 * The proxy that the environment names for a URL: as undici and Node read the variables, and `ALL_PROXY` besides, where
 * none names one for the URL's scheme. `undefined` if there is none, or `NO_PROXY` lists the host.
 */
export const proxyFor = (url: string): EnvProxy | undefined => {
  const { protocol, hostname, port } = new URL(url)
  const ofHttp = readProxy('http_proxy')
  const ofHttps = readProxy('https_proxy')
  if (isExempt(hostname, port || (protocol === 'https:' ? '443' : '80'))) return undefined
  if (protocol === 'https:') return ofHttps ?? readProxy('all_proxy') ?? ofHttp
  return ofHttp ?? readProxy('all_proxy')
}

/** Whether the environment names a proxy for anything. */
export const namesProxies = (): boolean =>
  [readProxy('http_proxy'), readProxy('https_proxy'), readEither('all_proxy')].some(
    (each) => each !== undefined,
  )

const readEither = (name: string): [variable: string, text: string] | undefined => {
  for (const variable of [name, name.toUpperCase()]) {
    const text = readEnv(variable)
    if (text !== undefined) return [variable, text]
  }
  return undefined
}

const readProxy = (name: string): EnvProxy | undefined => {
  const found = readEither(name)
  if (!found) return undefined
  const [variable, text] = found
  // curl and others take `proxy:3128` too. Names are resolved by the proxy either way, which `socks5h` asks for.
  const url = (/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`).replace(
    /^socks5h:/i,
    'socks5:',
  )
  if (/^(?:https?|socks5?):/i.test(url) && URL.canParse(url)) return { url, variable }
  // Without the value: it may contain a password.
  throw {
    misconfigured: `${variable}: must be the URL of an http, https or socks5 proxy, such as http://proxy.example:3128`,
  } satisfies Misconfigured
}

const isExempt = (hostname: string, port: string): boolean => {
  const host = bare(hostname)
  const [, list = ''] = readEither('no_proxy') ?? []
  return list.split(/[,\s]+/).some((entry) => {
    if (entry === '*') return true
    const [, name = '', onlyPort] = ENTRY.exec(entry) ?? []
    const suffix = bare(name).replace(/^\*?\./, '')
    if (suffix === '' || (onlyPort !== undefined && onlyPort !== port)) return false
    return host === suffix || host.endsWith(`.${suffix}`)
  })
}

// A host, with a port or not; an IPv6 address, in brackets or not: only one with brackets can have a port.
const ENTRY = /^(\[.+\]|[^:]+|.*:.*:.*?)(?::(\d+))?$/

const bare = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')

/** The proxy without credentials, for messages. */
const shown = ({ url }: EnvProxy): string => {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}

/** The refusal of a request that would go around its proxy, because nothing available supports proxies. */
export const proxyNotUsable = ({ variable }: EnvProxy): Misconfigured => ({
  misconfigured:
    `${variable}: the request would go around this proxy, because undici 7 or later cannot be imported here. ` +
    'Keep undici out of the bundle (as an external), or set NODE_USE_ENV_PROXY=1 on Node 22.21 or 24 and later, or ' +
    'pass a fetch that uses the proxy as the option fetch, or list the host in NO_PROXY',
})

/** Says once that it is unknown whether a replaced fetch honours the proxy. */
export const proxyLeftToFetch = ({ variable }: EnvProxy): string =>
  `${variable} is set, but the global fetch was replaced, and is used for everything: whether it goes through the ` +
  'proxy is up to it. Pass the option fetch to decide'

/** The failure of a request, as its caller needs it; the error itself if there is nothing to add. */
export const failureOf = (error: unknown, neverSent: boolean, proxy: EnvProxy | undefined): unknown => {
  if (!neverSent && !proxy) return error
  const cause = (proxy && tunnelRefusal(error)) ?? error
  const failure: TransportFailure = new Error('the request failed', { cause })
  if (neverSent || cause !== error) failure.neverSent = true
  if (proxy) Object.assign(failure, { proxy: shown(proxy), proxyVariable: proxy.variable })
  return failure
}

// undici gives it the code of an abort, which leaves open whether the request was sent, and its fetch hides it deeper.
const tunnelRefusal = (error: unknown): Error | undefined => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const [, status] = /^Proxy response \((\d+)\) !== 200/.exec(cause.message) ?? []
    if (status !== undefined)
      return Object.assign(new Error(`the proxy answered ${status} to CONNECT`), { code: 'ERR_PROXY_TUNNEL' })
  }
  return undefined
}
