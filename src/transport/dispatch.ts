import type { Dispatcher } from 'undici'
import { decodeBody } from './decode-body'
import { type IncomingBody, incomingBody } from './incoming-body'
import type { TransportRequest, TransportResponse } from './transport'

/**
 * One exchange through an undici dispatcher. Its `request` would put a stream and an async resource around each answer,
 * which together cost as much again as the exchange itself.
 */
export const dispatch = (
  dispatcher: Dispatcher,
  { url, method, headers, body, signal }: TransportRequest,
): Promise<TransportResponse> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    let exchange: Dispatcher.DispatchController | undefined
    const stop = (): void => exchange?.abort(new Error('aborted'))
    const incoming = incomingBody({
      pause: () => exchange?.pause(),
      resume: () => exchange?.resume(),
      stop,
    })
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', abort)
      reject(error)
      incoming.fail(error)
    }
    const abort = (): void => {
      fail(signal.reason)
      stop()
    }
    signal.addEventListener('abort', abort)
    const { origin, pathname, search } = new URL(url)
    dispatcher.dispatch(
      { origin, path: pathname + search, method, headers, body: body ?? null },
      {
        onRequestStart: (controller) => {
          exchange = controller
          if (signal.aborted) stop()
        },
        onResponseStart: (_, status, answered) => {
          // Below 200 another answer follows.
          if (status >= 200) resolve(responseOf(status, answered, incoming))
        },
        onResponseData: (_, chunk) => incoming.add(chunk),
        onResponseEnd: () => {
          signal.removeEventListener('abort', abort)
          incoming.end()
        },
        onResponseError: (_, error) => fail(refusalOf(error) ?? error),
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
    read: async (maxBytes) => {
      const bytes = await incoming.read(maxBytes)
      return encoding === null ? bytes : decodeBody(bytes, encoding, maxBytes)
    },
    discard: incoming.discard,
  }
}

// A proxy that refuses to connect has undici's code for an abort, which leaves open whether the request was sent.
const refusalOf = (error: Partial<Error>): Error | undefined => {
  const [, status] = /^Proxy response \((\d+)\) !== 200/.exec(error.message ?? '') ?? []
  if (status === undefined) return undefined
  return Object.assign(new Error(`the proxy answered ${status} to CONNECT`), { code: 'ERR_PROXY_TUNNEL' })
}
