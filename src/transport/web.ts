import { fetchTransport } from './fetch-transport'
import type { Transport, TransportOptions } from './transport'

/** Browsers and workers, Bun, Deno: `fetch`. */
export const createTransport = ({ fetch }: TransportOptions): Transport => fetchTransport(fetch)

/** Whether what one call awaits may be settled by another call. */
export const sharesPromises = true
