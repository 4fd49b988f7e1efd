import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTransport } from '../../src/transport/node'
import type { Transport } from '../../src/transport/transport'
import { type ForwardProxy, listenProxy } from './forward-proxy'
import { burst, get, type Loopback, listen, textOf } from './loopback'

// Resolves nowhere: what reaches the server came through the proxy.
const API = 'http://api.invalid'

let server: Loopback
let proxy: ForwardProxy
let transport: Transport

beforeEach(async () => {
  for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'no_proxy']) {
    vi.stubEnv(name, undefined)
  }
  server = await listen()
  proxy = await listenProxy({ 'api.invalid': server.port })
  transport = createTransport({ maxConnections: 4 })
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  await transport.close()
  await proxy.close()
  await server.close()
})

test.each(['http_proxy', 'HTTP_PROXY'])('%s carries the first request already', async (name) => {
  vi.stubEnv(name, proxy.url)
  expect(await textOf(await transport.send(get(API)))).toBe('{}')
  expect(server.via).toEqual(['undici'])
  expect(proxy.tunnels.map(({ to }) => to)).toEqual(['api.invalid:80'])
})

test.each(['https_proxy', 'HTTPS_PROXY'])('%s carries requests over TLS', async (name) => {
  vi.stubEnv(name, proxy.url)
  // The server behind speaks no TLS; what counts is where the client turned to.
  await expect(transport.send(get('https://api.invalid'))).rejects.toThrow()
  expect(proxy.tunnels.map(({ to }) => to)).toEqual(['api.invalid:443'])
})

test('hosts of NO_PROXY are asked directly', async () => {
  vi.stubEnv('HTTP_PROXY', proxy.url)
  vi.stubEnv('NO_PROXY', 'example.com,127.0.0.1')
  await textOf(await transport.send(get(server.url)))
  expect(server.via).toEqual(['undici'])
  expect(proxy.tunnels).toEqual([])
})

test('a proxy may be named without its scheme, and with a user and a password', async () => {
  vi.stubEnv('HTTP_PROXY', proxy.url.replace('http://', 'me:p%40ss@'))
  await textOf(await transport.send(get(API)))
  expect(proxy.tunnels).toEqual([
    { to: 'api.invalid:80', authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` },
  ])
})

test('a blank variable counts as unset', async () => {
  vi.stubEnv('http_proxy', ' ')
  vi.stubEnv('HTTP_PROXY', proxy.url)
  await textOf(await transport.send(get(API)))
  expect(proxy.tunnels).toHaveLength(1)
})

test('no more tunnels than maxConnections are opened', async () => {
  vi.stubEnv('HTTP_PROXY', proxy.url)
  await burst(transport, API, 40)
  expect(proxy.tunnels.length).toBeLessThanOrEqual(4)
})

test('a replaced global fetch wins over the proxy', async () => {
  vi.stubEnv('HTTP_PROXY', proxy.url)
  vi.stubGlobal('fetch', async () => new Response('stub'))
  expect(await burst(transport, API, 1)).toEqual(['stub'])
  expect(proxy.tunnels).toEqual([])
})

test('a variable that is not a URL is named, without its value, and nothing is sent', async () => {
  vi.stubEnv('HTTPS_PROXY', 'ftp://me:secret@proxy')
  await expect(transport.send(get(server.url))).rejects.toEqual({
    misconfigured: expect.stringMatching(/^HTTPS_PROXY: must be the URL of an http, https or socks5 proxy/),
  })
  expect(server.via).toEqual([])
})

test('closing leaves no tunnel', async () => {
  vi.stubEnv('HTTP_PROXY', proxy.url)
  await burst(transport, API, 4)
  expect(server.sockets.open).toBeGreaterThan(0)
  await transport.close()
  while (server.sockets.open > 0) await new Promise((resolve) => setTimeout(resolve, 2))
})
