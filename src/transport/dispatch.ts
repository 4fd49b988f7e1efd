import type { Dispatcher } from 'undici'
import { decodeBody } from './decode-body'
import { type IncomingBody, incomingBody } from './incoming-body'
import { proxyRefusal } from './proxy-refusal'
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
        onResponseError: (_, error) => fail(proxyRefusal(error) ?? error),
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
