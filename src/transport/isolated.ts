/**
 * workerd, edge-light and runtimes that are not known: `fetch`. There a promise belongs to the request that made it;
 * one that is settled by another request hangs or throws, so nothing awaitable is shared between calls.
 */
export { createTransport, proxiedFetch } from './web'

export const sharesPromises = false
