import { throwIfAborted } from '../platform/on-abort'
import { fetchTransport } from './fetch'
import { isNativeFetch } from './native-fetch'
import { failureOf, namesProxies, proxyFor } from './proxies'
import type {
  Fetch,
  Misconfigured,
  Transport,
  TransportOptions,
  TransportRequest,
  TransportResponse,
} from './transport'
import { dispatcherFor, loadUndici, undiciTransport } from './undici'

// undici does several times the work of Node's fetch, but takes longer to load than a few requests take.
const MAX_ON_FETCH = 8

/** Node: the given fetch, else the global one until undici pays off. */
export const createTransport = (options: TransportOptions): Transport => {
  const overFetch = fetchTransport(options)
  if (options.fetch) return overFetch
  let overUndici: Transport | undefined
  let closed = false
  let underWay = 0
  // Nearly all requests have the same headers as the one before.
  let latest: { given: TransportRequest['headers']; headers: TransportRequest['headers'] } | undefined

  const loaded = async (): Promise<Transport> => {
    const undici = await loadUndici()
    // While it loaded, the client may have been closed and the global fetch replaced.
    if (!undici || closed || !isNativeFetch()) return overFetch
    overUndici ??= undiciTransport(undici, options.maxConnections)
    return overUndici
  }

  const sendBeforeUndici = async (
    request: TransportRequest,
    mayUseUndici: boolean,
  ): Promise<TransportResponse> => {
    underWay++
    let left = false
    const leave = (): void => {
      if (!left) underWay--
      left = true
    }
    try {
      const pays = mayUseUndici && (underWay > MAX_ON_FETCH || namesProxies())
      const transport = pays ? await loaded() : overFetch
      throwIfAborted(request.signal)
      return leaving(await transport.send(request), leave)
    } catch (error) {
      leave()
      throw error
    }
  }

  return {
    send: ({ url, method, headers: given, body, signal, timeoutMs }) => {
      // API answers are small, and Node 20 and 22 mistake a truncated compressed answer for a complete one.
      if (latest?.given !== given) {
        refuseOwn(given)
        latest = { given, headers: { 'accept-encoding': 'identity', ...given } }
      }
      const request = { url, method, headers: latest.headers, body, signal, timeoutMs }
      const mayUseUndici = isNativeFetch()
      if (mayUseUndici && overUndici) return overUndici.send(request)
      return sendBeforeUndici(request, mayUseUndici)
    },
    close: async () => {
      closed = true
      await overUndici?.close()
    },
  }
}

const OWN_HEADERS = ['content-length', 'expect', 'host', 'keep-alive', 'transfer-encoding', 'upgrade']

/**
 * Refuses headers of the connection, which are there if those of another request are passed on: fetch and undici
 * would refuse them, wait for a body that never comes, or reach another host.
 */
const refuseOwn = (headers: TransportRequest['headers']): void => {
  const name = OWN_HEADERS.find((each) => Object.hasOwn(headers, each))
  if (name === undefined) return
  throw {
    misconfigured: `headers: ${name} is set by the transport; leave it out, and pass on only the headers that you mean to`,
  } satisfies Misconfigured
}

const leaving = (response: TransportResponse, leave: () => void): TransportResponse => ({
  ...response,
  read: (maxBytes) => response.read(maxBytes).finally(leave),
  discard: () => {
    leave()
    response.discard()
  },
})

/**
 * A fetch for transfers, through the proxy that the environment names for `url`; `undefined` if there is none, or the
 * global fetch is to be used. Node's own heeds proxies in late releases only, and only when it is told to.
 */
export const proxiedFetch = async (url: string): Promise<Fetch | undefined> => {
  if (!isNativeFetch()) return undefined
  const proxy = proxyFor(url)
  const undici = proxy && (await loadUndici())
  if (!undici || !isNativeFetch()) return undefined
  // Without pipelining no connection stays open, so there is nothing to close.
  const dispatcher = dispatcherFor(undici, proxy, { pipelining: 0 })
  const { fetch } = undici
  // undici's types are its own, the objects are the same.
  return ((url: string, init: object) =>
    fetch(url, { ...init, dispatcher }).catch((error: unknown) => {
      throw failureOf(error, false, proxy)
    })) as unknown as Fetch
}
