/** Runtimes that no bundler's condition names: `fetch`, as everywhere but on Node. */
export { createTransport, proxiedFetch } from './web'
