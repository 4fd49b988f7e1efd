import { Readable } from 'node:stream'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { type DownloadError, RunApiClient } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { clipBytes } from '../../../src/testing/clip'
import { type Behaviour, head, rawServer, reply, resetAfter } from '../../support/raw-server'

const CLIP = clipBytes()
const mp4 = { 'content-type': 'video/mp4', 'content-length': CLIP.length }

const clientOf = (baseUrl: string) =>
  new RunApiClient({ apiKey: 'test-key', baseUrl, clock: createEmulator().clock, logLevel: 'off' })

const bytesOf = async (body: ReadableStream<Uint8Array>): Promise<Buffer> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const failureOf = async (work: Promise<unknown>): Promise<DownloadError> =>
  work.then(
    () => expect.fail('it did not fail'),
    (error) => error,
  )

const realClient = (baseUrl: string) => new RunApiClient({ apiKey: 'test-key', baseUrl, logLevel: 'off' })

test('gives the bytes, the type and the length', async () => {
  const { url, heads } = await rawServer(reply(200, mp4, CLIP))
  const seen: unknown[] = []
  const { body, contentType, contentLength } = await realClient(url).download(
    { url: `${url}/clip.mp4?signature=secret` },
    { onProgress: (progress) => seen.push(progress) },
  )
  expect(contentType).toBe('video/mp4')
  expect(contentLength).toBe(CLIP.length)
  expect(await bytesOf(body)).toEqual(Buffer.from(CLIP))
  expect(seen.at(-1)).toEqual({ receivedBytes: CLIP.length, totalBytes: CLIP.length })
  expect(heads[0]?.split('\r\n')[0]).toBe('GET /clip.mp4?signature=secret HTTP/1.1')
  expect(heads[0]).toMatch(/accept-encoding: identity/i)
  expect(heads[0]).not.toMatch(/authorization|test-key/i)
})

test.each([0, 0.01, 0.5, 0.99])(
  'a connection that is reset after %d of the file ends the body with an error',
  async (share) => {
    const { url } = await rawServer(resetAfter(CLIP, Math.floor(CLIP.length * share)))
    const work = realClient(url)
      .download({ url: `${url}/clip.mp4` }, { maxRetries: 0 })
      .then(({ body }) => bytesOf(body))
    expect(await failureOf(work)).toMatchObject({ code: 'download', reason: 'connection', retryable: true })
  },
)

test.each<[string, Record<string, string | number>, Uint8Array, string]>([
  ['a longer length than the file has', { 'content-length': CLIP.length + 1 }, CLIP, 'connection'],
  ['a shorter length than the file has', { 'content-length': CLIP.length - 1 }, CLIP, 'length'],
  ['no length and half the file', {}, CLIP.subarray(0, CLIP.length / 2), 'length'],
  ['no length and no byte', {}, new Uint8Array(), 'length'],
  ['a length of 0', { 'content-length': 0 }, new Uint8Array(), 'length'],
])('%s ends the body with an error', async (_, headers, sent, reason) => {
  const { url } = await rawServer(reply(200, { 'content-type': 'video/mp4', ...headers }, sent))
  const work = realClient(url)
    .download({ url: `${url}/clip.mp4` }, { maxRetries: 0 })
    .then(({ body }) => bytesOf(body))
  expect(await failureOf(work)).toMatchObject({ code: 'download', reason })
})

test('chunks that end without their end mark are an error', async () => {
  const { url } = await rawServer((socket) => {
    socket.write(head(200, { 'content-type': 'video/mp4', 'transfer-encoding': 'chunked' }))
    socket.end(Buffer.concat([Buffer.from(`${CLIP.length.toString(16)}\r\n`), CLIP, Buffer.from('\r\n')]))
  })
  const { body } = await realClient(url).download({ url: `${url}/clip.mp4` })
  expect(await failureOf(bytesOf(body))).toMatchObject({ reason: 'connection' })
})

test('a file without a length is whole when its boxes are', async () => {
  const { url } = await rawServer(reply(200, { 'content-type': 'video/mp4' }, CLIP))
  const { body, contentLength } = await realClient(url).download({ url: `${url}/clip.mp4` })
  expect(contentLength).toBeUndefined()
  expect(await bytesOf(body)).toEqual(Buffer.from(CLIP))
})

const over = (answer: () => Response) => new RunApiClient({ apiKey: 'test-key', fetch: async () => answer() })
const PUBLIC = { url: 'https://tempfile.runapi.ai/a.mp4' }

// fetch undoes what it knows; a stand-in for it does not.
test.each([
  ['gzip', gzipSync(CLIP)],
  ['x-gzip', gzipSync(CLIP)],
  ['deflate', deflateSync(CLIP)],
  ['br', brotliCompressSync(CLIP)],
  ['aws-chunked', CLIP],
  ['aws-chunked,gzip', gzipSync(CLIP)],
  ['identity', CLIP],
  ['', CLIP],
])('a result with the Content-Encoding %j is had as it was', async (encoding, sent) => {
  const headers = { 'content-type': 'video/mp4', 'content-encoding': encoding, 'content-length': sent.length }
  const { url } = await rawServer(reply(200, headers, sent))
  const isSent = sent === CLIP
  const { body, contentLength } = await realClient(url).download({ url: `${url}/a.mp4` })
  expect(contentLength).toBe(isSent ? CLIP.length : undefined)
  expect(await bytesOf(body)).toEqual(Buffer.from(CLIP))

  if (encoding === 'br') return
  const given = new Headers(
    Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
  )
  const standIn = await over(() => new Response(Uint8Array.from(sent), { headers: given })).download(PUBLIC)
  expect(await bytesOf(standIn.body)).toEqual(Buffer.from(CLIP))
})

test('plain bytes that are called gzip are had as they are', async () => {
  const headers = { 'content-type': 'video/mp4', 'content-encoding': 'gzip' }
  const { body } = await over(() => new Response(CLIP, { headers })).download(PUBLIC)
  expect(await bytesOf(body)).toEqual(Buffer.from(CLIP))
})

test('a compressed result that breaks off is an error, with a length and without', async () => {
  const half = gzipSync(CLIP).subarray(0, 500)
  for (const length of [{}, { 'content-length': gzipSync(CLIP).length }]) {
    const headers = { 'content-type': 'video/mp4', 'content-encoding': 'gzip', ...length }
    const { url } = await rawServer(reply(200, headers, half))
    const work = realClient(url)
      .download({ url: `${url}/a.mp4` }, { maxRetries: 0 })
      .then(({ body }) => bytesOf(body))
    expect(await failureOf(work)).toMatchObject({ code: 'download', retryable: true })
  }
  const headers = { 'content-encoding': 'gzip' }
  const standIn = await over(() => new Response(half, { headers })).download(PUBLIC, { maxRetries: 0 })
  expect(await failureOf(bytesOf(standIn.body))).toMatchObject({ code: 'download', retryable: true })
})

test('maxBytes counts what a compressed result becomes', async () => {
  const bomb = gzipSync(new Uint8Array(10_000_000))
  const headers = { 'content-type': 'video/mp4', 'content-encoding': 'gzip', 'content-length': bomb.length }
  const { url } = await rawServer(reply(200, headers, bomb))
  const { body } = await realClient(url).download({ url: `${url}/a.mp4` }, { maxBytes: 50_000 })
  expect(await failureOf(bytesOf(body))).toMatchObject({ reason: 'too_large', retryable: false })
})

test.each([
  'text/html',
  'application/json',
  'text/plain',
  'application/octet-stream',
  'binary/octet-stream',
  '',
  'nonsense',
])('a video that is called %j is a video all the same', async (type) => {
  const { url } = await rawServer(reply(200, { 'content-type': type, 'content-length': CLIP.length }, CLIP))
  const { body, contentLength } = await realClient(url).download({ url: `${url}/a.mp4` })
  expect(contentLength).toBe(CLIP.length)
  expect(await bytesOf(body)).toEqual(Buffer.from(CLIP))
})

test.each(['video/mp4', 'application/octet-stream', ''])(
  'a page that is called %j is not a video',
  async (type) => {
    const page = '\n<!DOCTYPE html>\n<html><title>Just a moment…</title></html>'
    const { url } = await rawServer(reply(200, { 'content-type': type }, page))
    const { body } = await realClient(url).download({ url: `${url}/a.mp4` }, { maxRetries: 0 })
    expect(await failureOf(bytesOf(body))).toMatchObject({ reason: 'content', retryable: false })
  },
)

test.each([
  [`${CLIP.length}, ${CLIP.length}`, CLIP.length],
  [`${CLIP.length}, 5`, undefined],
  ['-1', undefined],
  ['0x10', undefined],
  ['1e3', undefined],
  ['9'.repeat(30), undefined],
])('a length of %j is read as %j', async (text, length) => {
  const { body, contentLength } = await over(
    () => new Response(CLIP, { headers: { 'content-length': text } }),
  ).download(PUBLIC)
  expect(contentLength).toBe(length)
  expect(await bytesOf(body)).toEqual(Buffer.from(CLIP))
})

test('a body in chunks and a body of no known length are had whole', async () => {
  const chunked: Behaviour = (socket) => {
    socket.write(head(200, { 'content-type': 'video/mp4', 'transfer-encoding': 'chunked' }))
    for (let at = 0; at < CLIP.length; at += 700) {
      const piece = CLIP.subarray(at, at + 700)
      socket.write(
        Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]),
      )
    }
    socket.end('0\r\n\r\n')
  }
  const { url } = await rawServer(chunked)
  const { body, contentLength } = await realClient(url).download({ url: `${url}/a.mp4` })
  expect(contentLength).toBeUndefined()
  expect(await bytesOf(body)).toEqual(Buffer.from(CLIP))
})

test.each([
  ['a stand-in without a stream', { arrayBuffer: async () => CLIP.slice().buffer }],
  [
    "Node's own kind of stream",
    { body: Readable.from([CLIP]), arrayBuffer: async () => CLIP.slice().buffer },
  ],
])('the body may be %s', async (_, fields) => {
  const answer = { status: 200, headers: new Headers({ 'content-type': 'video/mp4' }), ...fields }
  const { body } = await over(() => answer as unknown as Response).download(PUBLIC)
  expect(await bytesOf(body)).toEqual(Buffer.from(CLIP))
})

test.each([
  ['text/html; charset=utf-8', '<!doctype html><h1>Welcome</h1>'],
  ['application/json', '{"error":"gone"}'],
  ['application/xml', '<Error><Code>AccessDenied</Code></Error>'],
])('%s with a status of 200 is not a video', async (type, page) => {
  const { url } = await rawServer(reply(200, { 'content-type': type, 'content-length': page.length }, page))
  const error = await failureOf(realClient(url).download({ url: `${url}/clip.mp4` }))
  expect(error).toMatchObject({ name: 'DownloadError', reason: 'content' })
})

test.each([403, 404, 410])('%d says that the result has expired', async (status) => {
  const { url, heads } = await rawServer(reply(status, { 'content-length': 0 }))
  const error = await failureOf(realClient(url).download({ url: `${url}/clip.mp4?key=secret` }))
  expect(error).toMatchObject({
    name: 'ResultExpiredError',
    code: 'result_expired',
    status,
    retryable: false,
  })
  expect(error.message).toContain('7 days')
  expect(JSON.stringify(error)).not.toContain('secret')
  expect(heads).toHaveLength(1)
})

test('asks again after a 503, and after a connection that broke before the answer', async () => {
  const { url, heads } = await rawServer(
    reply(503, { 'content-length': 0 }),
    (socket) => socket.resetAndDestroy(),
    reply(200, mp4, CLIP),
  )
  const { body } = await clientOf(url).download({ url: `${url}/clip.mp4` })
  expect(await bytesOf(body)).toEqual(Buffer.from(CLIP))
  expect(heads).toHaveLength(3)
})

test.each([201, 202, 204, 205, 206, 300, 304, 305, 306, 400, 401, 418, 600])(
  'a status of %d is not a file',
  async (status) => {
    const headers = {
      location: '/next.mp4',
      ...(status === 204 || status === 304 ? {} : { 'content-length': 0 }),
    }
    const { url, heads } = await rawServer(reply(status, headers))
    const error = await failureOf(realClient(url).download({ url: `${url}/clip.mp4` }))
    expect(error).toMatchObject({ reason: 'status', status, retryable: false })
    expect(heads).toHaveLength(1)
  },
)

test.each([
  ['203', 203, {}],
  ['a 206 of the whole file', 206, { 'content-range': `bytes 0-${CLIP.length - 1}/${CLIP.length}` }],
])('%s is the file', async (_, status, headers) => {
  const { url } = await rawServer(reply(status, { ...mp4, ...headers }, CLIP))
  const { body } = await realClient(url).download({ url: `${url}/clip.mp4` })
  expect(await bytesOf(body)).toEqual(Buffer.from(CLIP))
})

test.each([
  'bytes 0-9/100',
  `bytes 1-${CLIP.length}/${CLIP.length}`,
  `bytes 0-${CLIP.length - 1}/*`,
  'bytes */0',
  'nonsense',
])('a 206 with the range %j is not a file', async (range) => {
  const { url } = await rawServer(reply(206, { ...mp4, 'content-range': range }, CLIP))
  const error = await failureOf(realClient(url).download({ url: `${url}/clip.mp4` }))
  expect(error).toMatchObject({ reason: 'status', status: 206, retryable: false })
})

test('follows five redirects and not a sixth', async () => {
  const hop = reply(302, { location: '/next.mp4', 'content-length': 0 })
  const five = await rawServer(hop, hop, hop, hop, hop, reply(200, mp4, CLIP))
  const { body } = await realClient(five.url).download({ url: `${five.url}/clip.mp4` })
  expect((await bytesOf(body)).length).toBe(CLIP.length)

  const six = await rawServer(hop)
  const error = await failureOf(realClient(six.url).download({ url: `${six.url}/clip.mp4` }))
  expect(error).toMatchObject({ reason: 'redirects', status: 302 })
  expect(six.heads).toHaveLength(6)
})

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

test.each([
  ['/next.mp4', '/next.mp4'],
  ['next.mp4', '/dir/next.mp4'],
  ['../next.mp4', '/next.mp4'],
  ['./next.mp4?a=b', '/dir/next.mp4?a=b'],
  ['?only=query', '/dir/clip.mp4?only=query'],
  ['//HOST/next.mp4', '/next.mp4'],
  ['http://HOST/next.mp4', '/next.mp4'],
  ['HTTP://HOST/next.mp4', '/next.mp4'],
  ['/a b.mp4', '/a%20b.mp4'],
  ['/a\tb.mp4', '/ab.mp4'],
  ['\\next.mp4', '/next.mp4'],
  ['/%e6%b5%b7.mp4', '/%e6%b5%b7.mp4'],
  [latin1('/海.mp4?名=前'), '/%E6%B5%B7.mp4?%E5%90%8D=%E5%89%8D'],
  ['/caf\xe9.mp4', '/caf%C3%A9.mp4'],
  ['/next.mp4#fragment', '/next.mp4'],
  ['/next.mp4?a=b#fragment', '/next.mp4?a=b'],
  ['/a, b.mp4', '/a,%20b.mp4'],
  ['/next.mp4\r\nlocation: /next.mp4', '/next.mp4'],
  ['   /next.mp4  ', '/next.mp4'],
])('a redirect to %j asks for %j', async (location, asked) => {
  for (const status of [301, 302, 303, 307, 308]) {
    const redirect: Behaviour = (socket) => {
      const text = location.replace('HOST', `127.0.0.1:${socket.localPort}`)
      socket.end(Buffer.from(head(status, { 'content-length': 0, location: text }), 'latin1'))
    }
    const { url, heads } = await rawServer(redirect, reply(200, mp4, CLIP))
    const { body } = await realClient(url).download({ url: `${url}/dir/clip.mp4` })
    expect((await bytesOf(body)).length).toBe(CLIP.length)
    expect(heads[1]?.split('\r\n')[0]).toBe(`GET ${asked} HTTP/1.1`)
  }
})

test.each([
  ['no place', {}, /leads nowhere/],
  ['an empty place', { location: '' }, /leads nowhere/],
  ['a blank place', { location: '  ' }, /leads nowhere/],
  ['two places', { location: 'https://a.example/1\r\nlocation: https://b.example/2' }, /two places/],
])('a redirect to %s is an error', async (_, headers, message) => {
  const { url, heads } = await rawServer(reply(302, { 'content-length': 0, ...headers }))
  const error = await failureOf(realClient(url).download({ url: `${url}/clip.mp4` }))
  expect(error).toMatchObject({ reason: 'redirects', status: 302, message: expect.stringMatching(message) })
  expect(heads).toHaveLength(1)
})

test('a redirect to what is not a URL is an error', async () => {
  const { url } = await rawServer(reply(302, { 'content-length': 0, location: 'https://[' }))
  const error = await failureOf(realClient(url).download({ url: `${url}/clip.mp4` }))
  expect(error).toMatchObject({ reason: 'address', message: 'download: a redirect is not a URL' })
})

test.each([
  'http://tempfile.runapi.ai/clip.mp4',
  'https://127.0.0.1/clip.mp4',
  'https://localhost/clip.mp4',
  'https://10.1.2.3/clip.mp4',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/clip.mp4',
  'https://[::ffff:10.0.0.1]/clip.mp4',
  'https://0x7f.1/clip.mp4',
  'https://0177.0.0.1/clip.mp4',
  'https://2130706433/clip.mp4',
  'https://127.0.0.1./clip.mp4',
  'https://[64:ff9b::7f00:1]/clip.mp4',
  'https://[2002:7f00:1::]/clip.mp4',
  'https://[fd00::1]/clip.mp4',
  'https://[fe80::1%25eth0]/clip.mp4',
  'data:video/mp4,a',
  'blob:https://example.com/1',
  'https://user:password@example.com/clip.mp4',
  'ftp://example.com/clip.mp4',
  'file:///etc/passwd',
  'clip.mp4',
])('sends nothing to %s', async (address) => {
  let sent = 0
  const fetch: typeof globalThis.fetch = async () => {
    sent++
    return new Response(CLIP)
  }
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch })
  expect(await failureOf(runapi.download({ url: address }))).toMatchObject({ reason: 'address' })
  const redirecting: typeof globalThis.fetch = async () => {
    sent++
    return new Response(null, { status: 302, headers: { location: address } })
  }
  const other = new RunApiClient({ apiKey: 'test-key', fetch: redirecting })
  // Relative to the place that redirects, the last one leads nowhere bad.
  if (address === 'clip.mp4') return
  sent = 0
  expect(await failureOf(other.download({ url: 'https://tempfile.runapi.ai/a.mp4' }))).toMatchObject({
    reason: 'address',
  })
  expect(sent).toBe(1)
})

test.each([9, 11])('10 bytes where %d are announced are an error', async (announced) => {
  // A runtime's own HTTP notices most of these; a stand-in for fetch does not.
  const fetch: typeof globalThis.fetch = async () =>
    new Response(new Uint8Array(10), { headers: { 'content-length': String(announced) } })
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch })
  const { body } = await runapi.download({ url: 'https://tempfile.runapi.ai/a.mp4' })
  expect(await failureOf(bytesOf(body))).toMatchObject({ reason: 'length' })
})

test('takes no more than maxBytes, announced or not', async () => {
  const announced = await rawServer(reply(200, mp4, CLIP))
  const opening = realClient(announced.url).download({ url: `${announced.url}/a.mp4` }, { maxBytes: 1_000 })
  expect(await failureOf(opening)).toMatchObject({ reason: 'too_large', retryable: false })

  const { url } = await rawServer(reply(200, { 'content-type': 'video/mp4' }, CLIP))
  const { body } = await realClient(url).download({ url: `${url}/a.mp4` }, { maxBytes: 1_000 })
  expect(await failureOf(bytesOf(body))).toMatchObject({ reason: 'too_large' })
})

test('a body that stalls is given up after stallTimeoutMs', async () => {
  const emulator = createEmulator()
  const { clock, fetch } = emulator
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch, clock })
  emulator.next({ takesMs: 1, faults: { result: ['stall-body'] } })
  const { videos } = await runapi.luma
    .modifyVideo({ prompt: 'fog', source_video_url: 'https://example.com/a.mp4' })
    .wait()
  const before = clock.monotonic()
  const { body } = await runapi.download(videos[0], { stallTimeoutMs: 12_000 })
  expect(await failureOf(bytesOf(body))).toMatchObject({ reason: 'stalled', retryable: true })
  expect(clock.monotonic() - before).toBe(12_000)
})

test('an answer that never comes is given up after stallTimeoutMs', async () => {
  const emulator = createEmulator()
  const { clock, fetch } = emulator
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch, clock })
  emulator.next({ takesMs: 1, faults: { result: ['stall'] } })
  const { videos } = await runapi.luma
    .modifyVideo({ prompt: 'fog', source_video_url: 'https://example.com/a.mp4' })
    .wait()
  const before = clock.monotonic()
  const error = await failureOf(runapi.download(videos[0], { maxRetries: 0 }))
  expect(error).toMatchObject({ reason: 'stalled' })
  expect(clock.monotonic() - before).toBe(30_000)
})

test('a reader that pauses stalls nothing', async () => {
  const emulator = createEmulator()
  const { clock, fetch } = emulator
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch, clock })
  emulator.next({ takesMs: 1 })
  const { videos } = await runapi.luma
    .modifyVideo({ prompt: 'fog', source_video_url: 'https://example.com/a.mp4' })
    .wait()
  const { body } = await runapi.download(videos[0])
  await clock.sleep(3_600_000)
  expect(await bytesOf(body)).toEqual(Buffer.from(CLIP))
})

test('an abort ends the body with the reason itself, also between two reads', async () => {
  const { url } = await rawServer((socket) => {
    socket.write(head(200, mp4))
    socket.write(CLIP.subarray(0, 100))
  })
  const controller = new AbortController()
  const { body } = await realClient(url).download({ url: `${url}/a.mp4` }, { signal: controller.signal })
  const reader = body.getReader()
  await reader.read()
  const reason = new Error('enough')
  controller.abort(reason)
  await expect(reader.read()).rejects.toBe(reason)
})

test('an abort before and during the opening rejects with the reason itself', async () => {
  const reason = new Error('enough')
  const { url, heads } = await rawServer(() => {})
  await expect(
    realClient(url).download({ url: `${url}/a.mp4` }, { signal: AbortSignal.abort(reason) }),
  ).rejects.toBe(reason)
  expect(heads).toHaveLength(0)
  const controller = new AbortController()
  const opening = realClient(url).download({ url: `${url}/a.mp4` }, { signal: controller.signal })
  setTimeout(() => controller.abort(reason), 20)
  await expect(opening).rejects.toBe(reason)
})

test('closing the client ends its downloads', async () => {
  const { url } = await rawServer((socket) => {
    socket.write(head(200, mp4))
    socket.write(CLIP.subarray(0, 100))
  })
  const runapi = realClient(url)
  const { body } = await runapi.download({ url: `${url}/a.mp4` })
  const work = bytesOf(body)
  await runapi.close()
  expect(await failureOf(work)).toMatchObject({ code: 'client_closed' })
  expect(await failureOf(runapi.download({ url: `${url}/a.mp4` }))).toMatchObject({ code: 'client_closed' })
})

test('cancelling the body ends the connection', async () => {
  let closed = false
  const { url } = await rawServer((socket) => {
    socket.on('close', () => {
      closed = true
    })
    socket.write(head(200, mp4))
    socket.write(CLIP.subarray(0, 100))
  })
  const { body } = await realClient(url).download({ url: `${url}/a.mp4` })
  await body.cancel()
  await expect.poll(() => closed).toBe(true)
})

test('a callback that throws does not end the download', async () => {
  const { url } = await rawServer(reply(200, mp4, CLIP))
  const { body } = await realClient(url).download(
    { url: `${url}/a.mp4` },
    {
      onProgress: () => {
        throw new Error('no')
      },
    },
  )
  expect((await bytesOf(body)).length).toBe(CLIP.length)
})

test.each([undefined, {}, { url: 7 }, 'https://example.com/a.mp4'])('%j is not a video', async (video) => {
  const error = await failureOf(new RunApiClient().download(video as never))
  expect(error).toMatchObject({ code: 'configuration' })
})
