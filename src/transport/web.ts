import { fetchTransport } from './fetch'
import type { Fetch, Transport, TransportOptions } from './transport'

/** Browsers and workers, Bun, Deno: `fetch`. */
export const createTransport = (options: TransportOptions): Transport => fetchTransport(options)

/** A fetch for transfers if the global one would bypass a proxy: here it does not, or there is none. */
export const proxiedFetch = async (_url: string): Promise<Fetch | undefined> => undefined
