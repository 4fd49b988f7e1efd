import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import nock from 'nock'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTransport } from '../../src/transport/node'
import type { Transport } from '../../src/transport/transport'
import { burst, type Loopback, listen } from './loopback'

// More than fetch serves alone.
const MANY = 20

let server: Loopback
let transport: Transport
const msw = setupServer()
// Importing nock already replaces the global fetch.
nock.restore()

beforeEach(async () => {
  server = await listen((_, response) => response.end('the service'))
  transport = createTransport({ maxConnections: 64 })
})
afterEach(async () => {
  msw.close()
  nock.restore()
  nock.cleanAll()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  await transport.close()
  await server.close()
})

const startMsw = (): void => {
  msw.listen()
  msw.use(http.get(server.url, () => HttpResponse.text('MSW')))
}

test('MSW answers everything when it starts before the library is imported', async () => {
  startMsw()
  vi.resetModules()
  const late = (await import('../../src/transport/node')).createTransport({ maxConnections: 64 })
  expect(await burst(late, server.url, MANY)).toEqual(Array(MANY).fill('MSW'))
})

test('MSW answers everything when it starts after undici was loaded, until it stops', async () => {
  await burst(transport, server.url, MANY)
  expect(server.via).toContain('undici')
  startMsw()
  expect(await burst(transport, server.url, MANY)).toEqual(Array(MANY).fill('MSW'))
  expect(server.via).toHaveLength(MANY)
  msw.close()
  expect(await burst(transport, server.url, 1)).toEqual(['the service'])
  expect(server.via.at(-1)).toBe('undici')
})

test('MSW answers requests that wait for undici while it starts', async () => {
  vi.resetModules()
  const fresh = (await import('../../src/transport/node')).createTransport({ maxConnections: 64 })
  const answers = burst(fresh, server.url, MANY)
  startMsw()
  await answers
  expect(server.via).not.toContain('undici')
})

const startNock = (): void => {
  nock.activate()
  nock(server.url).get('/').times(MANY).reply(200, 'nock')
}

test('nock answers everything when it starts before the library is imported', async () => {
  startNock()
  vi.resetModules()
  const late = (await import('../../src/transport/node')).createTransport({ maxConnections: 64 })
  expect(await burst(late, server.url, MANY)).toEqual(Array(MANY).fill('nock'))
})

test('nock answers everything when it starts after undici was loaded', async () => {
  await burst(transport, server.url, MANY)
  expect(server.via).toContain('undici')
  startNock()
  expect(await burst(transport, server.url, MANY)).toEqual(Array(MANY).fill('nock'))
  expect(server.via).toHaveLength(MANY)
})

test('vi.stubGlobal answers everything, before and after undici was loaded', async () => {
  vi.stubGlobal('fetch', async () => new Response('stub'))
  expect(await burst(transport, server.url, MANY)).toEqual(Array(MANY).fill('stub'))
  vi.unstubAllGlobals()
  await burst(transport, server.url, MANY)
  expect(server.via).toContain('undici')
  vi.stubGlobal('fetch', async () => new Response('stub'))
  expect(await burst(transport, server.url, MANY)).toEqual(Array(MANY).fill('stub'))
})

test('a spy sees every request', async () => {
  const spy = vi.spyOn(globalThis, 'fetch')
  await burst(transport, server.url, MANY)
  expect(spy).toHaveBeenCalledTimes(MANY)
  expect(server.via).not.toContain('undici')
})

test.each([
  ['a wrapper', (fetch: typeof globalThis.fetch) => (input: RequestInfo | URL) => fetch(input)],
  ['a Proxy', (fetch: typeof globalThis.fetch) => new Proxy(fetch, {})],
  ['a bound copy', (fetch: typeof globalThis.fetch) => fetch.bind(globalThis)],
])('%s around the fetch of Node is used for everything', async (_, wrap) => {
  vi.stubGlobal('fetch', wrap(globalThis.fetch))
  await burst(transport, server.url, MANY)
  expect(server.via).toEqual(Array(MANY).fill('fetch'))
})
