import { concatenate } from './concatenate'
import type { BodyTooLarge, Fetch, Transport, TransportRequest, TransportResponse } from './transport'

/** A transport over `fetch`: the given one, else the global one as it is at the time of each request. */
export const fetchTransport = (given?: Fetch): Transport => ({
  send: async (request) => responseOf(await fetchOnce(given ?? globalThis.fetch, request)),
  close: async () => {},
})

const fetchOnce = (
  fetch: Fetch,
  { url, method, headers, body, signal }: TransportRequest,
): Promise<Response> =>
  fetch(url, {
    method,
    headers: { ...headers },
    signal,
    // 'error' throws at the call on workerd; 'manual' is understood everywhere.
    redirect: 'manual',
    ...(body !== undefined && { body }),
    // A framework that caches GETs (Next.js 14) would show a task as pending for ever; older workerd refuses the option.
    ...(globalThis.navigator?.userAgent !== 'Cloudflare-Workers' && { cache: 'no-store' as const }),
  })

const responseOf = (response: Response | undefined): TransportResponse => {
  // A stand-in for fetch may give anything.
  if (!Number.isInteger(response?.status) || typeof response?.headers?.get !== 'function')
    throw new TypeError('fetch gave no Response')
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    read: (maxBytes) => readAtMost(response, maxBytes),
    discard: () => {
      response.body?.cancel().catch(() => {})
    },
  }
}

const readAtMost = async (response: Response, maxBytes: number): Promise<Uint8Array> => {
  // A stand-in for fetch may answer without a stream, or with Node's own kind.
  if (typeof response.body?.getReader !== 'function') {
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (bytes.byteLength > maxBytes) throw { tooLarge: true } satisfies BodyTooLarge
    return bytes
  }
  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return concatenate(chunks, size)
    size += value.byteLength
    if (size > maxBytes) {
      reader.cancel().catch(() => {})
      throw { tooLarge: true } satisfies BodyTooLarge
    }
    chunks.push(value)
  }
}
