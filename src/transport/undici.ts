import type { Dispatcher } from 'undici'
import { decodeBody, type IncomingBody, incomingBody } from './incoming-body'
import { type EnvProxy, failureOf, proxyFor } from './proxies'
import type { Transport, TransportRequest, TransportResponse } from './transport'

export type Undici = Pick<typeof import('undici'), 'Agent' | 'ProxyAgent' | 'fetch'>

let loading: Promise<Undici | undefined> | undefined

/** undici, imported once a process; `undefined` if that is impossible, as in an ESM bundle made by esbuild. */
export const loadUndici = (): Promise<Undici | undefined> => {
  loading ??= load()
  return loading
}

const load = async (): Promise<Undici | undefined> => {
  // Makes Node install its own global dispatcher; undici would install one for the whole process if there is none.
  void globalThis.Response
  try {
    const undici: Partial<typeof import('undici')> = await import('undici')
    const { Agent, ProxyAgent, fetch, cacheStores } = undici
    // A bundler's stand-in may be empty, and an override of the whole tree may bring a release before 7, which has other
    // handlers and no `cacheStores`.
    return Agent && ProxyAgent && fetch && cacheStores && { Agent, ProxyAgent, fetch }
  } catch {
    return undefined
  }
}

// Long before an attempt's own end, because a connection that was never made is known to have sent nothing.
const CONNECT = { timeout: 30_000 }

// The caller has time limits of its own.
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 }

/** A dispatcher with what it needs beyond undici's defaults; through `proxy` if there is one. */
export const dispatcherFor = (
  undici: Undici,
  proxy: EnvProxy | undefined,
  pool: { connections?: number; pipelining: number },
): Dispatcher => {
  if (!proxy) return new undici.Agent({ ...pool, ...NO_TIMEOUTS, connect: CONNECT })
  const { protocol, username, password, href } = new URL(proxy.url)
  const user = decoded(username)
  const secret = decoded(password)
  const isSocks = protocol.startsWith('socks')
  return new undici.ProxyAgent({
    ...pool,
    ...NO_TIMEOUTS,
    uri: href.replace(/\/\/[^/]*@/, '//'),
    requestTls: CONNECT,
    // undici would speak TLS to a SOCKS proxy that has any.
    ...(!isSocks && { proxyTls: CONNECT }),
    // Given here, because undici forgets a user without a password, and percent-encoding for SOCKS.
    ...((user || secret) &&
      (isSocks ? { username: user, password: secret } : { token: basic(user, secret) })),
  })
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** A transport over undici: one bounded pool of connections for each proxy, and one without. */
export const undiciTransport = (undici: Undici, maxConnections: number): Transport => {
  const routes = new Map<string, Route>()
  let latest: Route | undefined
  const dispatchers = new Map<string | undefined, Dispatcher>()
  const routeTo = (origin: string): Route => {
    const known = routes.get(origin)
    if (known) return known
    const proxy = proxyFor(origin)
    const dispatcher =
      dispatchers.get(proxy?.url) ??
      dispatcherFor(undici, proxy, { connections: maxConnections, pipelining: 1 })
    dispatchers.set(proxy?.url, dispatcher)
    const route = { origin, proxy, dispatcher }
    routes.set(origin, route)
    return route
  }
  return {
    send: (request) => {
      const { url } = request
      // Nearly all requests go to one origin, and parsing a URL takes longer than the rest of this.
      if (latest && url.startsWith(`${latest.origin}/`) && !url.includes('#'))
        return dispatch(latest, url.slice(latest.origin.length), request)
      const { origin, pathname, search } = new URL(url)
      latest = routeTo(origin)
      return dispatch(latest, pathname + search, request)
    },
    close: async () => {
      // Not close(), which would wait for answers that nobody needs any more.
      for (const dispatcher of dispatchers.values()) await dispatcher.destroy()
    },
  }
}

interface Route {
  origin: string
  proxy: EnvProxy | undefined
  dispatcher: Dispatcher
}

/**
 * One exchange through an undici dispatcher. Its `request` would put a stream and an async resource around each answer,
 * which together cost as much again as the exchange itself.
 */
const dispatch = (
  { origin, proxy, dispatcher }: Route,
  path: string,
  { method, headers, body, signal }: TransportRequest,
): Promise<TransportResponse> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    let exchange: Dispatcher.DispatchController | undefined
    let incoming: IncomingBody | undefined
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', abort)
      reject(error)
      incoming?.fail(error)
    }
    const abort = (): void => {
      fail(signal.reason)
      exchange?.abort(new Error('aborted'))
    }
    signal.addEventListener('abort', abort)
    dispatcher.dispatch(
      // SOCKS pools take the time limits from here alone.
      { origin, path, method, headers, body: body ?? null, headersTimeout: 0, bodyTimeout: 0 },
      {
        onRequestStart: (controller) => {
          exchange = controller
          if (signal.aborted) abort()
        },
        onResponseStart: (controller, status, answered) => {
          // Below 200 another answer follows.
          if (status < 200) return
          incoming = incomingBody(controller)
          resolve(responseOf(status, answered, incoming))
        },
        onResponseData: (_, chunk) => incoming?.add(chunk),
        onResponseEnd: () => {
          signal.removeEventListener('abort', abort)
          incoming?.end()
        },
        // A request starts once its connection is established.
        onResponseError: (_, error) => fail(failureOf(error, exchange === undefined, proxy)),
      },
    )
  })

const responseOf = (
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  incoming: IncomingBody,
): TransportResponse => {
  const header = (name: string): string | null => {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined
    return (Array.isArray(value) ? value.join(', ') : value) ?? null
  }
  const encoding = header('content-encoding')
  return {
    status,
    header,
    read: (maxBytes) => {
      const reading = incoming.read(maxBytes)
      return encoding === null ? reading : reading.then((bytes) => decodeBody(bytes, encoding, maxBytes))
    },
    discard: incoming.discard,
  }
}
