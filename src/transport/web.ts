import { fetchTransport } from './fetch-transport'
import type { Fetch, Transport, TransportOptions } from './transport'

/** Browsers and workers, Bun, Deno: `fetch`. */
export const createTransport = ({ fetch }: TransportOptions): Transport => fetchTransport(fetch)

/** Whether what one call awaits may be settled by another call. */
export const sharesPromises = true

/** A fetch through the proxies of the environment: here `fetch` itself heeds them, or there are none. */
export const proxiedFetch = async (): Promise<Fetch | undefined> => undefined
