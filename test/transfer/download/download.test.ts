import { gzipSync } from 'node:zlib'
import { type DownloadError, RunApiClient } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { clipBytes } from '../../../src/testing/clip'
import { head, rawServer, reply, resetAfter } from '../../support/raw-server'

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

test.each([
  ['truncated', gzipSync(CLIP).subarray(0, 500)],
  ['bombed', gzipSync(new Uint8Array(10_000_000))],
])('a %s encoding is refused before it is decoded', async (_, sent) => {
  const { url } = await rawServer(
    reply(200, { 'content-type': 'video/mp4', 'content-encoding': 'gzip' }, sent),
  )
  const error = await failureOf(realClient(url).download({ url: `${url}/clip.mp4` }))
  expect(error).toMatchObject({ code: 'download', reason: 'content', retryable: false })
})

test.each([
  ['text/html; charset=utf-8', '<!doctype html><h1>Welcome</h1>'],
  ['application/json', '{"error":"gone"}'],
  ['application/xml', '<Error><Code>AccessDenied</Code></Error>'],
])('%s with a status of 200 is no video', async (type, page) => {
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

test('a status that no file has is an error of its own', async () => {
  const { url } = await rawServer(reply(206, mp4, CLIP))
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

test('a redirect without a place to go is an error', async () => {
  const { url } = await rawServer(reply(302, { 'content-length': 0 }))
  const error = await failureOf(realClient(url).download({ url: `${url}/clip.mp4` }))
  expect(error).toMatchObject({ reason: 'redirects' })
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

test.each([undefined, {}, { url: 7 }, 'https://example.com/a.mp4'])('%j is no video', async (video) => {
  const error = await failureOf(new RunApiClient().download(video as never))
  expect(error).toMatchObject({ code: 'configuration' })
})
