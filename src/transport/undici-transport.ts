import type { Agent } from 'undici'
import { dispatch } from './dispatch'
import type { ProxyVariables } from './proxy-variables'
import type { Transport } from './transport'

export type Undici = Pick<typeof import('undici'), 'Agent' | 'EnvHttpProxyAgent' | 'fetch'>

export interface UndiciOptions {
  maxConnections: number
  proxies?: ProxyVariables | undefined
}

// Long before an attempt's own end, because a connection that never came about is known to have sent nothing.
const CONNECT_TIMEOUT_MS = 30_000

/** A transport over one bounded Agent of undici. */
export const undiciTransport = (undici: Undici, { maxConnections, proxies }: UndiciOptions): Transport => {
  const connect = { timeout: CONNECT_TIMEOUT_MS }
  const options: Agent.Options = {
    connections: maxConnections,
    pipelining: 1,
    // The attempt has a time limit of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect,
  }
  const agent = proxies
    ? new undici.EnvHttpProxyAgent({ ...options, ...proxies, proxyTls: connect, requestTls: connect })
    : new undici.Agent(options)
  return {
    send: (request) => dispatch(agent, request),
    // Not close(), which would wait for answers that nobody waits for any more.
    close: () => agent.destroy(),
  }
}
