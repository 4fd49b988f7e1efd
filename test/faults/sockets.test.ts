import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as setTimeoutPromise } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type Clock, RunApiClient, type RunApiClientOptions } from 'runapi-video'
import { expect, test } from 'vitest'
import {
  breaks,
  drips,
  type Fault,
  faultServer,
  httpAnswer,
  says,
  staysSilent,
  writes,
} from '../support/fault-server'
import { CREATED, params, rejection } from '../support/scripted-fetch'

const clientOf = (baseUrl: string, options: RunApiClientOptions = {}) =>
  new RunApiClient({
    apiKey: 'test-key',
    baseUrl,
    logLevel: 'off',
    timeoutMs: 5_000,
    maxRetries: 0,
    ...options,
  })

// Waits between attempts pass a hundred times faster.
const fastClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now() * 100,
  sleep: (ms, signal) => setTimeoutPromise(ms / 100, undefined, { signal }),
}

const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

const CREATED_JSON = JSON.stringify(CREATED)
const head = (headers: string, status = 200): string => `HTTP/1.1 ${status} OK\r\n${headers}\r\n\r\n`

// What a create ends with when the server does this to it, once.
const unknown: [string, Fault][] = [
  ['breaks before its answer', breaks],
  ['ends before its answer', (socket) => socket.end()],
  ['breaks in the status line', writes('HTTP/1.1 2', 'destroy')],
  ['breaks in the headers', writes('HTTP/1.1 200 OK\r\ncontent-type: appl', 'destroy')],
  ['breaks after the headers', writes(head(`content-length: ${CREATED_JSON.length}`), 'destroy')],
  ['breaks in the body', writes(head('content-length: 100') + CREATED_JSON.slice(0, 20), 'destroy')],
  ['ends in the body', writes(head('content-length: 100') + CREATED_JSON.slice(0, 20), 'end')],
  ['ends in a chunk', writes(`${head('transfer-encoding: chunked')}ff\r\n{"id"`, 'end')],
  ['sends a chunk size that is none', writes(`${head('transfer-encoding: chunked')}zz\r\n{}`)],
  ['sends a Content-Length that is none', writes(head('content-length: -5'))],
  ['sends two Content-Lengths', writes(`${head('content-length: 2\r\ncontent-length: 3')}{}`)],
  ['answers in another protocol', writes('SSH-2.0-OpenSSH_9.2\r\n\r\n')],
  ['answers with a status that is none', writes('HTTP/1.1 99999 What\r\n\r\n')],
  ['answers with nonsense', writes('\0\xff\x16\x03\x01 what\r\n\r\n')],
  ['answers with 100 kB of headers', writes(head(`x-long: ${'a'.repeat(100_000)}`))],
  ['answers with ten thousand headers', writes(head(Array(10_000).fill('x-a: b').join('\r\n')))],
  ['sends a gzip that is none', writes(`${head('content-encoding: gzip\r\ncontent-length: 5')}12345`)],
  ['answers with an unknown protocol switch', writes(head('upgrade: x\r\nconnection: upgrade', 101))],
]
test.each(unknown)('a server that %s leaves an unknown outcome with the key', async (_, fault) => {
  const { url, requests } = await faultServer(fault)
  const promise = clientOf(url).luma.modifyVideo(params)
  expect(await rejection(promise)).toMatchObject({
    code: 'unknown_outcome',
    idempotencyKey: promise.idempotencyKey,
    cause: { code: 'connection' },
  })
  expect(requests).toHaveLength(1)
})

const timedOut: [string, Fault][] = [
  ['says nothing', staysSilent],
  ['sends half its headers and stops', writes('HTTP/1.1 200 OK\r\ncontent-type:')],
  ['sends half its body and stops', writes(`${head('content-length: 100')}{"id":`)],
  ['sends a body of a byte now and then', drips(head('content-length: 100000'), 20)],
  ['sends early hints and nothing else', writes('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(50))],
]
test.each(timedOut)('a server that %s is left after the timeout', async (_, fault) => {
  const { url } = await faultServer(fault)
  const begun = performance.now()
  const error = await rejection(clientOf(url, { timeoutMs: 250 }).luma.modifyVideo(params))
  expect(error).toMatchObject({ code: 'unknown_outcome', cause: { code: 'request_timeout' } })
  expect(performance.now() - begun).toBeLessThan(4_000)
})

const gzipped = gzipSync(CREATED_JSON)
const malformed: [string, Fault][] = [
  [
    'sends a gzip that is cut',
    writes(httpAnswer(200, gzipped.subarray(0, 30), { 'content-encoding': 'gzip' }), 'end'),
  ],
  [
    'sends a gzip bomb',
    writes(httpAnswer(200, gzipSync(Buffer.alloc(64 * 1024 * 1024)), { 'content-encoding': 'gzip' })),
  ],
  ['sends a length that is too short', writes(head('content-length: 9') + CREATED_JSON)],
  ['sends an HTML page', writes(httpAnswer(200, '<html>Sign in</html>', { 'content-type': 'text/html' }))],
  ['sends nothing at all', writes(httpAnswer(200, ''))],
]
test.each(malformed)('a server that %s ends in a typed error with the key', async (_, fault) => {
  const { url } = await faultServer(fault)
  const promise = clientOf(url).luma.modifyVideo(params)
  const error = await rejection(promise)
  // Some runtimes notice a gzip that is cut, and some read what is there.
  expect(error.code).toMatch(/^(?:malformed_response|unknown_outcome)$/)
  expect(error.idempotencyKey).toBe(promise.idempotencyKey)
})

test('a gzip in a gzip, and one in small pieces, are read', async () => {
  const twice = httpAnswer(200, gzipSync(gzipped), { 'content-encoding': 'gzip, gzip' })
  const { url } = await faultServer([
    writes(twice),
    (socket) => {
      for (const byte of httpAnswer(200, gzipped, { 'content-encoding': 'gzip' }))
        socket.write(Buffer.from([byte]))
    },
  ])
  const runapi = clientOf(url)
  expect((await runapi.luma.modifyVideo(params)).id).toBe('tsk_abc123')
  expect((await runapi.luma.modifyVideo(params)).id).toBe('tsk_abc123')
})

test('a hundred early hints before the answer are passed over', async () => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(100)
  const { url } = await faultServer(writes(hints + httpAnswer(200, CREATED_JSON)))
  expect((await clientOf(url).luma.modifyVideo(params)).id).toBe('tsk_abc123')
})

test('a body without a length is read to the end of the connection', async () => {
  const { url } = await faultServer(writes(head('connection: close') + CREATED_JSON, 'end'))
  expect((await clientOf(url).luma.modifyVideo(params)).id).toBe('tsk_abc123')
})

test('an error answer whose body breaks off is still that error', async () => {
  const { url } = await faultServer(writes(`${head('content-length: 100', 402)}{"message":`, 'destroy'))
  expect(await rejection(clientOf(url).luma.modifyVideo(params))).toMatchObject({
    code: 'insufficient_credits',
    status: 402,
  })
})

test('each header goes out exactly once, whatever the case in which it was given', async () => {
  const { url, requests } = await faultServer(says(200, CREATED))
  const runapi = clientOf(url, { headers: { AUTHORIZATION: 'Basic client', 'X-Team': 'a' } })
  await runapi.luma.modifyVideo(params, {
    headers: {
      Authorization: 'Basic call',
      'IDEMPOTENCY-key': 'order-17',
      'x-TEAM': 'b',
      'Content-TYPE': 'application/json',
    },
  })
  const lines = (requests[0]?.head ?? '').split('\r\n').slice(1)
  const names = lines.map((line) => line.split(':', 1)[0]?.toLowerCase())
  expect(new Set(names).size).toBe(names.length)
  for (const line of ['authorization: Basic call', 'idempotency-key: order-17', 'x-team: b'])
    expect(lines.map((each) => each.replace(/^[^:]*/, (name) => name.toLowerCase()))).toContain(line)
})

test('a connection that broke is replaced, with the same key, and the answer of the second counts', async () => {
  const { url, requests } = await faultServer([breaks, says(200, { ...CREATED, task_replayed: true })])
  const promise = clientOf(url, { maxRetries: 2 }).luma.modifyVideo(params)
  expect((await promise).replayed).toBe(true)
  const keys = requests.map(({ head }) => /^idempotency-key: *(.*)$/im.exec(head)?.[1])
  expect(keys).toEqual([promise.idempotencyKey, promise.idempotencyKey])
})

test('a kept-alive connection that the server has closed meanwhile costs nothing', async () => {
  const { url, requests } = await faultServer((socket) => {
    socket.write(httpAnswer(200, CREATED_JSON))
    setTimeout(() => socket.destroy(), 20)
  })
  const runapi = clientOf(url, { maxRetries: 2 })
  for (let i = 0; i < 5; i++) {
    expect((await runapi.luma.modifyVideo(params)).id).toBe('tsk_abc123')
    await new Promise((resolve) => setTimeout(resolve, i * 15))
  }
  const keys = requests.map(({ head }) => /^idempotency-key: *(.*)$/im.exec(head)?.[1])
  expect(new Set(keys).size).toBe(5)
})

test('a port where nobody listens, and a name that nobody has, are connection errors: nothing was sent', async () => {
  for (const baseUrl of [
    `http://127.0.0.1:${await closedPort()}`,
    'http://127.0.0.1:1',
    'https://nobody.invalid',
  ]) {
    const promise = clientOf(baseUrl).luma.modifyVideo(params)
    expect(await rejection(promise)).toMatchObject({
      code: 'connection',
      idempotencyKey: promise.idempotencyKey,
      retryable: true,
    })
  }
})

test('two clients with two keys never mix them', async () => {
  const attempts = new Map<string, number>()
  const { url, requests } = await faultServer((socket, { head }) => {
    const name = /^authorization: *Bearer key-(.)/im.exec(head)?.[1]
    const order = /^idempotency-key: *(\S+)/im.exec(head)?.[1] ?? ''
    const attempt = attempts.get(order) ?? 0
    attempts.set(order, attempt + 1)
    if (attempt === 0) socket.resetAndDestroy()
    else socket.write(httpAnswer(attempt === 1 ? 503 : 200, JSON.stringify({ id: `tsk_${name}` })))
  })
  const options = { maxRetries: 3, clock: fastClock, timeoutMs: 500_000 }
  const orders = ['a', 'b'].flatMap((name) => {
    const runapi = clientOf(url, { apiKey: `key-${name}`, ...options })
    return Array.from({ length: 10 }, async (_, index) => {
      const task = await runapi.luma.modifyVideo(params, { idempotencyKey: `order-${index}-${name}` })
      expect(task.id).toBe(`tsk_${name}`)
    })
  })
  await Promise.all(orders)
  expect(requests).toHaveLength(60)
  for (const { head } of requests) {
    const name = /^authorization: *Bearer key-(.)/im.exec(head)?.[1]
    expect(/^idempotency-key: *order-\d+-(.)/im.exec(head)?.[1]).toBe(name)
  }
})

test('a server that hangs up before the TLS handshake was sent nothing', async () => {
  const { port, requests } = await faultServer(breaks, {
    onConnect: (socket) => {
      socket.once('data', () => socket.end())
      return true
    },
  })
  const promise = clientOf(`https://127.0.0.1:${port}`).luma.modifyVideo(params)
  expect(await rejection(promise)).toMatchObject({
    code: 'connection',
    retryable: true,
    idempotencyKey: promise.idempotencyKey,
  })
  expect(requests).toEqual([])
})
