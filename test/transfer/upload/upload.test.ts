import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { RunApiClient, type UploadedFile, type UploadSource } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, onTestFinished, test } from 'vitest'
import { type Canned, canned } from '../../support/canned'

const FILE = {
  file_name: 'in.mp4',
  url: 'https://file.runapi.ai/temp/in.mp4',
  size_bytes: 11,
  mime_type: 'video/mp4',
  created_at: '2026-06-08T10:30:00Z',
  expires_at: '2126-06-08T11:30:00Z',
}
const BYTES = new TextEncoder().encode('hello bytes')
const MD5 = 'o+hZ4vqXQeE9aypCX/9vHQ=='

const ticket = (overrides: object = {}): Canned => [
  200,
  {
    signed_id: 'signed-1',
    upload_url: 'https://file.runapi.ai/put-target?signature=secret',
    headers: { 'Content-Type': 'video/mp4', 'Content-MD5': MD5 },
    ...overrides,
  },
]
const usual: Canned[] = [ticket(), [200], [200, FILE]]
const options = { fileName: 'in.mp4' }

const clock = () => createEmulator().clock

test('bytes go prepare, PUT, confirm', async () => {
  const { runapi, sent } = canned(usual)
  expect(await runapi.files.upload(BYTES, options)).toEqual(FILE)
  expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST https://runapi.ai/api/v1/files/prepare',
    'PUT https://file.runapi.ai/put-target?signature=secret',
    'POST https://runapi.ai/api/v1/files/confirm',
  ])
  expect(sent.map(({ body }) => body)).toEqual([
    { filename: 'in.mp4', byte_size: 11, checksum: MD5, content_type: 'video/mp4' },
    'hello bytes',
    { signed_id: 'signed-1' },
  ])
})

test('the PUT carries the headers that the service named, and no key', async () => {
  const { runapi, sent } = canned(usual, { headers: { 'x-mine': 'value' } })
  await runapi.files.upload(new Blob([BYTES], { type: 'text/plain' }), {
    ...options,
    headers: { 'x-call': 'value' },
  })
  const { 'user-agent': agent, ...headers } = sent[1]?.headers ?? {}
  expect(headers).toEqual({ 'content-type': 'video/mp4', 'content-md5': MD5 })
  expect(sent[0]?.headers).toMatchObject({ 'x-mine': 'value', 'x-call': 'value' })
})

test.each<[string, () => UploadSource]>([
  ['a Blob', () => new Blob([BYTES])],
  ['an ArrayBuffer', () => BYTES.slice().buffer],
  ['a Buffer', () => Buffer.from(BYTES)],
  ['a view into a larger buffer', () => new Uint8Array([0, ...BYTES, 0]).subarray(1, -1)],
  [
    'shared memory',
    () => {
      const view = new Uint8Array(new SharedArrayBuffer(BYTES.length))
      view.set(BYTES)
      return view
    },
  ],
  [
    'a SharedArrayBuffer',
    () => {
      const buffer = new SharedArrayBuffer(BYTES.length)
      new Uint8Array(buffer).set(BYTES)
      return buffer
    },
  ],
  [
    'memory that may change its size',
    () => {
      const buffer = new (ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer)(
        BYTES.length,
        { maxByteLength: 100 },
      )
      new Uint8Array(buffer).set(BYTES)
      return buffer
    },
  ],
  ['a DataView', () => new DataView(BYTES.slice().buffer)],
  ['words of 8 bits that are signed', () => new Int8Array(BYTES)],
  ['a data: URL in base64', () => `data:video/mp4;base64,${btoa('hello bytes')}`],
  ['a data: URL object', () => new URL(`data:;base64,${btoa('hello bytes')}`)],
  ['a data: URL in base64 with breaks', () => 'DATA:video/mp4;BASE64,aGVs\nbG8g Ynl0%5a%58%4d%3d#end'],
  ['a data: URL in plain text', () => 'data:,hello%20bytes'],
])('%s is uploaded byte for byte', async (_, source) => {
  const { runapi, sent } = canned(usual)
  await runapi.files.upload(source(), options)
  expect(sent[0]?.body).toMatchObject({ byte_size: 11, checksum: MD5 })
  expect(sent[1]?.body).toBe('hello bytes')
})

test('the name and the type come from the source, else from each other', async () => {
  const said = async (source: UploadSource, given = {}) => {
    const { runapi, sent } = canned(usual)
    await runapi.files.upload(source, given)
    const { filename, content_type } = (sent[0]?.body ?? {}) as Record<string, string>
    return `${filename} ${content_type}`
  }
  expect(await said(new File([BYTES], 'a.png', { type: 'image/png' }))).toBe('a.png image/png')
  expect(await said(new File([BYTES], 'A.JPG'))).toBe('A.JPG image/jpeg')
  expect(await said(new Blob([BYTES], { type: 'video/quicktime' }))).toBe('upload.mov video/quicktime')
  expect(await said(BYTES)).toBe('upload application/octet-stream')
  expect(await said(BYTES, { contentType: 'image/webp' })).toBe('upload.webp image/webp')
  expect(await said(new File([BYTES], 'a.png'), { fileName: 'b.mp4' })).toBe('b.mp4 video/mp4')
  expect(await said('data:image/png;base64,aGVsbG8=')).toBe('upload.png image/png')
  expect(await said('data:image/jpeg;charset=utf-8;base64,aGVsbG8=')).toBe(
    'upload.jpg image/jpeg;charset=utf-8',
  )
  expect(await said('data:;charset=utf-8,hello')).toBe('upload application/octet-stream')
  // What the source says of itself is mended, not refused.
  expect(await said(new File([BYTES], 'a\nb\\c.png', { type: 'nonsense' }))).toBe('a_b_c.png image/png')
  expect(await said(new File([BYTES], `${'海'.repeat(300)}.png`))).toBe(`${'海'.repeat(251)}.png image/png`)
  expect(await said(new File([BYTES], ' '))).toBe('upload application/octet-stream')
})

test('a URL is fetched by the service', async () => {
  const { runapi, sent } = canned([
    [200, FILE],
    [200, FILE],
  ])
  const url = 'https://example.com/in.png?signature=secret'
  expect(await runapi.files.upload(url)).toEqual(FILE)
  await runapi.files.upload(new URL(url), { fileName: 'in.png' })
  expect(sent).toMatchObject([
    { method: 'POST', url: 'https://runapi.ai/api/v1/files', body: { source: { type: 'url', url } } },
    { body: { source: { type: 'url', url }, file_name: 'in.png' } },
  ])
})

test('an upload from a URL is not repeated', async () => {
  const { runapi, sent } = canned([[503]], { clock: clock() })
  await expect(runapi.files.upload('https://example.com/in.png')).rejects.toMatchObject({ status: 503 })
  expect(sent).toHaveLength(1)
})

test.each<[string, unknown, RegExp]>([
  ['a path', './in.mp4', /uploadFile of runapi-video\/node/],
  ['a file: URL', new URL('file:///clips/in.mp4'), /uploadFile of runapi-video\/node/],
  ['a blob: URL', 'blob:https://example.com/1', /pass the Blob itself/],
  ['a web stream', new ReadableStream(), /new Response\(stream\)\.blob\(\)/],
  ["Node's stream", Readable.from([BYTES]), /new Response\(stream\)\.blob\(\)/],
  ['an async generator', (async function* () {})(), /new Response\(stream\)\.blob\(\)/],
  ['a Response', new Response('hello'), /await source\.blob\(\)/],
  ['a promise', new Promise(() => {}), /await it first/],
  ['bytes as JSON has them', { type: 'Buffer', data: [1] }, /Uint8Array/],
  ['a data: URL without data', 'data:image/png;base64', /without data/],
  ['a data: URL with broken base64', 'data:image/png;base64,se%cret', /base64 cannot be read/],
  ['a data: URL of nothing', 'data:image/png;base64,', /is empty/],
  ['a place of this machine', 'http://localhost:3000/a.png', /upload the bytes/],
  ['a place of this network', 'https://192.168.1.7/a.png', /upload the bytes/],
])('%s as a source is refused with the way out', async (_, source, message) => {
  const { runapi, sent } = canned([])
  const error = await runapi.files.upload(source as never).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'configuration', message: expect.stringMatching(message) })
  expect(error.message).not.toContain('se%cret')
  expect(sent).toHaveLength(0)
})

test('an emulator fetches from this machine', async () => {
  const { runapi, sent } = canned([[200, FILE]], { baseUrl: 'http://127.0.0.1:4010' })
  await runapi.files.upload('http://localhost:3000/a.png')
  expect(sent).toHaveLength(1)
})

test.each<[string, unknown, object?]>([
  ['a path', './in.mp4'],
  ['nothing', undefined],
  ['a number', 7],
  ['no bytes', new Uint8Array()],
  ['an empty Blob', new Blob([])],
  ['a name with a slash', BYTES, { fileName: '../in.mp4' }],
  ['a name with a line break', BYTES, { fileName: 'in\r\n.mp4' }],
  ['an empty name', BYTES, { fileName: ' ' }],
  ['a type that is none', BYTES, { contentType: 'video/mp4\r\nx-a: b' }],
  ['a callback that is none', BYTES, { onProgress: true }],
])('%s is refused before anything is sent', async (_, source, given) => {
  const { runapi, sent } = canned([])
  await expect(runapi.files.upload(source as never, given)).rejects.toMatchObject({ code: 'configuration' })
  expect(sent).toHaveLength(0)
})

test('a transfer that breaks begins again at a new place', async () => {
  const { runapi, sent } = canned(
    [
      ticket({ upload_url: 'https://file.runapi.ai/first' }),
      () => {
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) })
      },
      ticket({ upload_url: 'https://file.runapi.ai/second', signed_id: 'signed-2' }),
      [503],
      ticket({ upload_url: 'https://file.runapi.ai/third', signed_id: 'signed-3' }),
      [200],
      [200, FILE],
    ],
    { clock: clock() },
  )
  await runapi.files.upload(BYTES, options)
  const puts = sent.filter(({ method }) => method === 'PUT')
  expect(puts.map(({ url }) => url.split('/').pop())).toEqual(['first', 'second', 'third'])
  expect(sent.at(-1)?.body).toEqual({ signed_id: 'signed-3' })
})

test('a prepare that fails is asked three times in all', async () => {
  const { runapi, sent } = canned(Array(9).fill([503]), { clock: clock() })
  await expect(runapi.files.upload(BYTES, options)).rejects.toMatchObject({ status: 503 })
  expect(sent).toHaveLength(3)
})

test('a storage that refuses is asked once, and its error is typed', async () => {
  const { runapi, sent } = canned([ticket(), [403, '<Error>SignatureDoesNotMatch</Error>']])
  const error = await runapi.files.upload(BYTES, options).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'api', status: 403, retryable: false })
  expect(JSON.stringify(error) + error.message).not.toContain('secret')
  expect(sent).toHaveLength(2)
})

test('a PUT that redirects is not followed', async () => {
  const { runapi, sent } = canned([ticket(), [307, undefined, { location: 'https://elsewhere.example/' }]])
  await expect(runapi.files.upload(BYTES, options)).rejects.toMatchObject({ code: 'api', status: 307 })
  expect(sent).toHaveLength(2)
})

test('a confirm without an answer is not repeated', async () => {
  const { runapi, sent } = canned([ticket(), [200], [502]], { clock: clock() })
  await expect(runapi.files.upload(BYTES, options)).rejects.toMatchObject({ code: 'server', status: 502 })
  expect(sent).toHaveLength(3)
})

test.each<[string, object]>([
  ['no place', { upload_url: undefined }],
  ['a place on http', { upload_url: 'http://file.runapi.ai/a' }],
  ['a private place', { upload_url: 'https://169.254.169.254/a' }],
  ['a place of another kind', { upload_url: 'file:///etc/passwd' }],
  ['no id', { signed_id: '' }],
  ['headers that are none', { headers: { 'x-a': 'b\r\nc: d' } }],
])('nothing is sent where the service names %s', async (_, overrides) => {
  const { runapi, sent } = canned([ticket(overrides)])
  await expect(runapi.files.upload(BYTES, options)).rejects.toMatchObject({ code: 'malformed_response' })
  expect(sent).toHaveLength(1)
})

test.each([[{}], [[]], [{ url: 'javascript:alert(1)' }], ['ok']])(
  '%j is not an uploaded file',
  async (body) => {
    const { runapi } = canned([ticket(), [200], [200, body]])
    await expect(runapi.files.upload(BYTES, options)).rejects.toMatchObject({ code: 'malformed_response' })
  },
)

test('an abort ends the upload with the reason itself', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const { runapi } = canned([
    () => {
      controller.abort(reason)
      return ticket()
    },
  ])
  await expect(runapi.files.upload(BYTES, { ...options, signal: controller.signal })).rejects.toBe(reason)
  await expect(runapi.files.upload(BYTES, { ...options, signal: controller.signal })).rejects.toBe(reason)
})

const storage = async () => {
  const puts: { length: string | undefined; encoding: string | undefined; bytes: number }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { port } = server.address() as AddressInfo
    const json = (body: unknown) => response.end(JSON.stringify(body))
    if (request.method === 'PUT') {
      const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
      puts.push({ length, encoding, bytes: Buffer.concat(chunks).length })
      response.end()
    } else if (request.url === '/api/v1/files/prepare') {
      json({ signed_id: 'a', upload_url: `http://127.0.0.1:${port}/put`, headers: {} })
    } else json(FILE)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const runapi = new RunApiClient({ apiKey: 'test-key', baseUrl: `http://127.0.0.1:${port}` })
  onTestFinished(() => runapi.close())
  return { puts, runapi }
}

test('progress goes from nothing to all, over a connection that knows the length', async () => {
  const { runapi, puts } = await storage()
  const size = 1_000_000
  for (const source of [new Uint8Array(size), new Blob([new Uint8Array(size)])]) {
    const seen: number[] = []
    await runapi.files.upload(source, {
      onProgress: ({ sentBytes, totalBytes }) => {
        expect(totalBytes).toBe(size)
        seen.push(sentBytes)
      },
    })
    expect(seen[0]).toBe(0)
    expect(seen.at(-1)).toBe(size)
    expect(seen.length).toBeGreaterThan(5)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  }
  await runapi.files.upload(new Uint8Array(size))
  // Storages refuse a body in chunks.
  expect(puts).toEqual(Array(3).fill({ length: String(size), encoding: undefined, bytes: size }))
})

test('a transfer has more time the larger it is', async () => {
  const virtual = clock()
  const never: typeof globalThis.fetch = (_, init) => {
    const { method, signal } = init ?? {}
    if (method !== 'PUT') return Promise.resolve(Response.json((ticket() as readonly unknown[])[1]))
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
  }
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch: never, clock: virtual, timeoutMs: 5_000 })
  const upload = runapi.files.upload(new Uint8Array(10 * 128 * 1024), { maxRetries: 0 })
  await expect(upload).rejects.toMatchObject({ code: 'request_timeout' })
  expect(virtual.monotonic()).toBe(15_000)
})

test('a create takes an uploaded file where it takes a URL', async () => {
  const { runapi, sent } = canned([[200, { id: 'tsk_1' }]], { clock: clock() })
  const file: UploadedFile = { ...FILE, expires_at: '2026-01-01T00:00:00.001Z' }
  await runapi.luma.modifyVideo({ prompt: 'fog', source_video_url: file })
  expect(sent[0]?.body).toEqual({ model: 'luma-modify-video', prompt: 'fog', source_video_url: FILE.url })
})

test('validate: false still sends the URL of an uploaded file', async () => {
  const { runapi, sent } = canned([[200, { id: 'tsk_1' }]])
  await runapi.luma.modifyVideo({ prompt: 'fog', source_video_url: FILE }, { validate: false })
  expect(sent[0]?.body).toMatchObject({ source_video_url: FILE.url })
})

test('a create refuses a file that has expired', async () => {
  const { runapi, sent } = canned([], { clock: clock() })
  const file: UploadedFile = { ...FILE, expires_at: '2025-12-31T23:59:59.000Z' }
  const create = runapi.luma.modifyVideo({ prompt: 'fog', source_video_url: file })
  await expect(create).rejects.toMatchObject({
    code: 'validation',
    issues: [
      { field: 'source_video_url', rule: 'expired', message: expect.stringContaining('upload it again') },
    ],
  })
  expect(sent).toHaveLength(0)
})

test('a file in place of text is not text', async () => {
  const { runapi } = canned([])
  // @ts-expect-error a prompt is not a file
  const create = runapi.luma.modifyVideo({ prompt: FILE, source_video_url: FILE })
  await expect(create).rejects.toMatchObject({ code: 'validation', issues: [{ field: 'prompt' }] })
})
