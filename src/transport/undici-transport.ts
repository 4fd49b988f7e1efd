import type { Agent, Dispatcher } from 'undici'
import { concatenate } from './concatenate'
import { decodeBody } from './decode-body'
import type { ProxyVariables } from './proxy-variables'
import type { BodyTooLarge, Transport, TransportResponse } from './transport'

export type Undici = Pick<typeof import('undici'), 'Agent' | 'EnvHttpProxyAgent'>

export interface UndiciOptions {
  maxConnections: number
  proxies?: ProxyVariables | undefined
}

// Long before an attempt's own end, because a connection that never came about is known to have sent nothing.
const CONNECT_TIMEOUT_MS = 30_000

/** A transport over undici's `request`, on one bounded Agent. */
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
    send: async ({ url, method, headers, body, signal }) => {
      const { origin, pathname, search } = new URL(url)
      const path = pathname + search
      const answer = await agent
        .request({ origin, path, method, headers, body: body ?? null, signal })
        .catch(rethrow)
      return responseOf(answer)
    },
    // Not close(), which would wait for answers that nobody waits for any more.
    close: () => agent.destroy(),
  }
}

// A proxy that refuses to connect has undici's code for an abort, which leaves open whether the request was sent.
const rethrow = (error: unknown): never => {
  const { message } = error as Partial<Error>
  const [, status] = /^Proxy response \((\d+)\) !== 200/.exec(message ?? '') ?? []
  if (status === undefined) throw error
  throw Object.assign(new Error(`the proxy answered ${status} to CONNECT`), { code: 'ERR_PROXY_TUNNEL' })
}

const responseOf = ({ statusCode, headers, body }: Dispatcher.ResponseData): TransportResponse => {
  // An abort between the headers and `read` must not end the process.
  body.on('error', () => {})
  const header = (name: string): string | null => {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined
    return (Array.isArray(value) ? value.join(', ') : value) ?? null
  }
  return {
    status: statusCode,
    header,
    read: async (maxBytes) =>
      decodeBody(await readAtMost(body, maxBytes), header('content-encoding'), maxBytes),
    discard: () => {
      body.dump().catch(() => {})
    },
  }
}

const readAtMost = (body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    body.on('data', (chunk: Uint8Array) => {
      size += chunk.byteLength
      if (size <= maxBytes) return chunks.push(chunk)
      reject({ tooLarge: true } satisfies BodyTooLarge)
      body.destroy()
    })
    body.on('end', () => resolve(concatenate(chunks, size)))
    body.on('error', reject)
    body.on('close', () => reject(body.errored ?? new Error('the answer broke off')))
  })
