import { fetchTransport } from './fetch-transport'
import { loadUndici } from './load-undici'
import { isUntouched } from './native-fetch'
import { readProxyVariables } from './proxy-variables'
import type { Transport, TransportOptions, TransportResponse } from './transport'
import { undiciTransport } from './undici-transport'

export { proxiedFetch } from './proxied-fetch'

/** Whether what one call awaits may be settled by another call. */
export const sharesPromises = true

// undici does several times the work of Node's fetch, but takes longer to load than a few requests take.
const MOST_ON_FETCH = 8

/** Node: the given fetch, else the global one until undici pays. */
export const createTransport = ({ fetch, maxConnections }: TransportOptions): Transport => {
  const overFetch = fetchTransport(fetch)
  if (fetch) return overFetch
  let overUndici: Transport | undefined
  let closed = false
  let underWay = 0

  const loaded = async (): Promise<Transport> => {
    const proxies = readProxyVariables()
    const undici = await loadUndici()
    // While it loaded, the client may have been closed and the global fetch replaced.
    if (!undici || closed || !isUntouched()) return overFetch
    overUndici ??= undiciTransport(undici, { maxConnections, proxies })
    return overUndici
  }

  return {
    send: async (request) => {
      // API answers are small, and Node 20 and 22 take a compressed answer that breaks off for a whole one.
      const asked = { ...request, headers: { 'accept-encoding': 'identity', ...request.headers } }
      const mayUseUndici = isUntouched()
      if (mayUseUndici && overUndici) return overUndici.send(asked)
      underWay++
      let left = false
      const leave = (): void => {
        if (!left) underWay--
        left = true
      }
      try {
        const pays = mayUseUndici && (underWay > MOST_ON_FETCH || readProxyVariables() !== undefined)
        const transport = pays ? await loaded() : overFetch
        request.signal.throwIfAborted()
        return leaving(await transport.send(asked), leave)
      } catch (error) {
        leave()
        throw error
      }
    },
    close: async () => {
      closed = true
      await overUndici?.close()
    },
  }
}

const leaving = (response: TransportResponse, leave: () => void): TransportResponse => ({
  ...response,
  read: (maxBytes) => response.read(maxBytes).finally(leave),
  discard: () => {
    leave()
    response.discard()
  },
})
