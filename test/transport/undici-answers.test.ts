import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import * as undici from 'undici'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { connectionErrorFrom } from '../../src/http/connection-error-from'
import type { Transport } from '../../src/transport/transport'
import { undiciTransport } from '../../src/transport/undici'
import { listenProxy } from './forward-proxy'
import { get, listenRaw, textOf } from './loopback'

const WORDS = JSON.stringify({ words: 'many words '.repeat(100) })
const LIMIT = 10_000

let transport: Transport
const closers: (() => Promise<void>)[] = []

beforeEach(() => {
  transport = undiciTransport(undici, 4)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await transport.close()
  for (const close of closers.splice(0)) await close()
})

const head = (headers: Record<string, string | number>, status = '200 OK'): string =>
  [`HTTP/1.1 ${status}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ''].join(
    '\r\n',
  )

/** Sends a request to a server that answers each with these bytes. */
const ask = async (text: string, body: Uint8Array = new Uint8Array(), options?: { end: boolean }) => {
  const server = await listenRaw(Buffer.concat([Buffer.from(text), body]), options)
  closers.push(server.close)
  return transport.send(get(server.url))
}

const encoded = (encoding: string, body: Uint8Array, length = body.byteLength) =>
  ask(head({ 'content-encoding': encoding, 'content-length': length }), body)

test.each([
  ['gzip', gzipSync(WORDS)],
  ['x-gzip', gzipSync(WORDS)],
  ['GZIP', gzipSync(WORDS)],
  ['deflate', deflateSync(WORDS)],
  ['deflate', deflateRawSync(WORDS)],
  ['br', brotliCompressSync(WORDS)],
  ['identity', Buffer.from(WORDS)],
  ['', Buffer.from(WORDS)],
])('a body in %o is decoded, though none was asked for', async (encoding, body) => {
  expect(await textOf(await encoded(encoding, body), LIMIT)).toBe(WORDS)
})

test.each([
  ['deflate, gzip', gzipSync(deflateSync(WORDS))],
  ['br,identity,,gzip', gzipSync(brotliCompressSync(WORDS))],
  [
    'gzip, gzip, gzip, gzip, gzip',
    [1, 2, 3, 4, 5].reduce<Buffer>((body) => gzipSync(body), Buffer.from(WORDS)),
  ],
])('a body that was encoded by %s is decoded from the last to the first', async (encoding, body) => {
  expect(await textOf(await encoded(encoding, body), LIMIT)).toBe(WORDS)
})

test.each(['aws-chunked', 'compress', 'gzip, compress', 'utf-8', 'constructor'])(
  'a body in the encoding %s, which nobody knows, is given as it came, as fetch does',
  async (encoding) => {
    expect(await textOf(await encoded(encoding, Buffer.from(WORDS)), LIMIT)).toBe(WORDS)
  },
)

test('more than five encodings are an error', async () => {
  const response = await encoded('gzip,gzip,gzip,gzip,gzip,gzip', gzipSync(WORDS))
  await expect(response.read(LIMIT)).rejects.toThrow('6 content encodings')
})

test.each([
  ['gzip', gzipSync(WORDS)],
  ['deflate', deflateSync(WORDS)],
  ['br', brotliCompressSync(WORDS)],
])('a %s body that breaks off is an error, though its length is right', async (encoding, body) => {
  const response = await encoded(encoding, body.subarray(0, body.byteLength - 12))
  await expect(response.read(LIMIT)).rejects.toThrow(/unexpected end of file/)
})

test('a body that is not in its encoding is an error', async () => {
  await expect((await encoded('gzip', Buffer.from(WORDS))).read(LIMIT)).rejects.toThrow('incorrect header')
})

test('an empty body needs no decoding', async () => {
  expect(await textOf(await encoded('gzip', Buffer.alloc(0)))).toBe('')
})

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
])('a %s bomb is too large, and is not unpacked', async (encoding, compress) => {
  const bomb = compress(Buffer.alloc(128 * 1024 * 1024))
  const before = process.memoryUsage().arrayBuffers
  const read = (await encoded(encoding, bomb)).read(bomb.byteLength)
  await expect(read).rejects.toEqual({ tooLarge: true })
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024)
})

test('a body of exactly the limit is read, and one byte more is too large', async () => {
  const body = Buffer.alloc(LIMIT, 'a')
  const sized = head({ 'content-length': LIMIT })
  expect((await (await ask(sized, body)).read(LIMIT)).byteLength).toBe(LIMIT)
  await expect((await ask(sized, body)).read(LIMIT - 1)).rejects.toEqual({ tooLarge: true })
})

test('a body without end is cut at the limit, and its connection closed', async () => {
  const server = await listenRaw(`${head({ 'transfer-encoding': 'chunked' })}4e20\r\n${'a'.repeat(20_000)}`, {
    end: false,
  })
  closers.push(server.close)
  await expect((await transport.send(get(server.url))).read(LIMIT)).rejects.toEqual({ tooLarge: true })
  while (server.sockets.open > 0) await new Promise((resolve) => setTimeout(resolve, 2))
})

test('a long body waits at the socket until it is read, and is then whole', async () => {
  const length = 32 * 1024 * 1024
  const server = await listenRaw(
    Buffer.concat([Buffer.from(head({ 'content-length': length })), Buffer.alloc(length, 'a')]),
  )
  closers.push(server.close)
  const response = await transport.send(get(server.url))
  const before = process.memoryUsage().arrayBuffers
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(length / 4)
  expect(new Set(await response.read(length))).toEqual(new Set([97]))
})

test('a long body that is discarded is not taken', async () => {
  const text = head({ 'content-length': 1_000_000 })
  const server = await listenRaw(text + 'a'.repeat(500_000), { end: false })
  closers.push(server.close)
  ;(await transport.send(get(server.url))).discard()
  while (server.sockets.open > 0) await new Promise((resolve) => setTimeout(resolve, 2))
})

test.each([
  ['a length', head({ 'content-length': 100 })],
  ['chunks', `${head({ 'transfer-encoding': 'chunked' })}ff\r\n`],
])('a body with %s that breaks off is an error', async (_, text) => {
  await expect((await ask(text, Buffer.from('{}'))).read(LIMIT)).rejects.toThrow()
})

test('redirects are answers', async () => {
  const response = await ask(head({ location: 'http://127.0.0.1:1/', 'content-length': 0 }, '307 Elsewhere'))
  expect([response.status, response.header('location')]).toEqual([307, 'http://127.0.0.1:1/'])
  await response.read(LIMIT)
})

test('headers are found by lower-case name, repeated ones joined, others not', async () => {
  const response = await ask(
    'HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\n__proto__: x\r\ncontent-length: 0\r\n\r\n',
  )
  expect(response.header('x-a')).toBe('1, 2')
  expect(response.header('x-b')).toBeNull()
  expect(response.header('constructor')).toBeNull()
  await response.read(LIMIT)
})

test('informational answers before the real one are passed over', async () => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(50)
  expect(await textOf(await ask(`${hints}${head({ 'content-length': 2 })}{}`))).toBe('{}')
})

const lost = (thrown: unknown) => connectionErrorFrom(thrown, 'https://runapi.ai', [])
const lostBy = async (send: () => Promise<unknown>) =>
  send().then(
    () => expect.unreachable(),
    (thrown) => lost(thrown),
  )

test.each([
  ['headers beyond 16 KiB', head({ 'x-long': 'a'.repeat(20_000), 'content-length': 0 })],
  ['bytes that are not HTTP', 'SSH-2.0-OpenSSH\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}'],
  ['an upgrade', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ['nothing', ''],
])('%s: a connection error, after which the request may have arrived', async (_, text) => {
  const { error, possiblyReceived } = await lostBy(() => ask(text))
  expect(error).toMatchObject({ code: 'connection' })
  expect(possiblyReceived).toBe(true)
})

test('a refused connection never sent anything', async () => {
  const server = await listenRaw('')
  await server.close()
  expect((await lostBy(() => transport.send(get(server.url)))).possiblyReceived).toBe(false)
})

test('a name that does not resolve never sent anything', async () => {
  expect((await lostBy(() => transport.send(get('http://api.invalid')))).possiblyReceived).toBe(false)
})

test('a header that undici refuses never sent anything', async () => {
  const sent = () => transport.send(get('http://127.0.0.1:1', { headers: { expect: '100-continue' } }))
  expect((await lostBy(sent)).possiblyReceived).toBe(false)
})

test.each([403, 407, 502])('a proxy that answers %i to CONNECT never sent anything', async (status) => {
  const proxy = await listenProxy({}, status)
  closers.push(proxy.close)
  vi.stubEnv('https_proxy', proxy.url)
  vi.stubEnv('no_proxy', '')
  vi.stubEnv('NO_PROXY', '')
  const throughProxy = undiciTransport(undici, 4)
  const { possiblyReceived } = await lostBy(() => throughProxy.send(get('https://api.invalid')))
  expect(possiblyReceived).toBe(false)
  await throughProxy.close()
})
