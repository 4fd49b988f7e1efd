import { createHash, randomBytes } from 'node:crypto'
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { RunApiClient } from 'runapi-video'
import { uploadFile } from 'runapi-video/node'
import { expect, onTestFinished, test } from 'vitest'
import { sha256OfFile } from '../../src/node/upload-file'

const FILE = { file_name: 'walk.mp4', url: 'https://file.runapi.ai/temp/walk.mp4' }

const fileOf = async (bytes: Uint8Array, name = 'walk.mp4'): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'runapi-video-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await writeFile(join(dir, name), bytes)
  return join(dir, name)
}

const service = async (onPrepare = async (): Promise<void> => {}) => {
  const came: { path: string; headers: Record<string, unknown>; bytes: Buffer }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    came.push({ path: request.url ?? '', headers: request.headers, bytes: Buffer.concat(chunks) })
    if (request.url?.endsWith('/prepare')) await onPrepare()
    const { port } = server.address() as AddressInfo
    const ticket = {
      signed_id: 'a',
      upload_url: `http://127.0.0.1:${port}/put`,
      headers: { 'X-Signed': 'yes' },
    }
    response.end(JSON.stringify(request.url?.endsWith('/prepare') ? ticket : FILE))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { came, runapi: new RunApiClient({ apiKey: 'test-key', baseUrl: `http://127.0.0.1:${port}` }) }
}

test('a file goes out as it is on the disk, with its MD5 and without the key', async () => {
  const bytes = randomBytes(3_000_000)
  const { came, runapi } = await service()
  expect(await uploadFile(runapi, await fileOf(bytes))).toEqual(FILE)
  const [prepare, put, confirm] = came
  expect(JSON.parse(prepare?.bytes.toString() ?? '')).toEqual({
    filename: 'walk.mp4',
    byte_size: bytes.length,
    checksum: createHash('md5').update(bytes).digest('base64'),
    content_type: 'video/mp4',
  })
  expect(put?.bytes.equals(bytes)).toBe(true)
  expect(put?.headers).toMatchObject({ 'content-length': '3000000', 'x-signed': 'yes' })
  expect(put?.headers).not.toHaveProperty('authorization')
  expect(put?.headers).not.toHaveProperty('transfer-encoding')
  expect(confirm?.path).toBe('/api/v1/files/confirm')
})

test('a file reports its progress in steps', async () => {
  const { came, runapi } = await service()
  const seen: number[] = []
  await uploadFile(runapi, await fileOf(randomBytes(1_000_000)), {
    fileName: 'b.png',
    onProgress: ({ sentBytes }) => seen.push(sentBytes),
  })
  expect(seen.length).toBeGreaterThan(5)
  expect(seen.at(-1)).toBe(1_000_000)
  expect(came[1]?.headers).toMatchObject({ 'content-length': '1000000' })
  expect(JSON.parse(came[0]?.bytes.toString() ?? '')).toMatchObject({
    filename: 'b.png',
    content_type: 'image/png',
  })
})

test('a large file does not go through the memory', async () => {
  const { open } = await import('node:fs/promises')
  const path = await fileOf(new Uint8Array([1]))
  const handle = await open(path, 'r+')
  await handle.truncate(160 * 1024 * 1024)
  await handle.close()
  let bytes = 0
  let highest = 0
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      highest = Math.max(highest, process.memoryUsage().rss)
    })
    request.on('end', () => {
      const { port } = server.address() as AddressInfo
      const ticket = { signed_id: 'a', upload_url: `http://127.0.0.1:${port}/put`, headers: {} }
      response.end(JSON.stringify(request.url?.endsWith('/prepare') ? ticket : FILE))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const before = process.memoryUsage().rss
  const runapi = new RunApiClient({ apiKey: 'test-key', baseUrl: `http://127.0.0.1:${port}` })
  await uploadFile(runapi, path)
  expect(bytes).toBeGreaterThan(160 * 1024 * 1024)
  expect(highest - before).toBeLessThan(120 * 1024 * 1024)
})

test.each([
  ['a missing file', async () => join(tmpdir(), 'runapi-video-missing', 'a.mp4')],
  ['a directory', async () => tmpdir()],
  ['an empty file', () => fileOf(new Uint8Array())],
])('%s is refused before anything is sent', async (_, path) => {
  const { came, runapi } = await service()
  await expect(uploadFile(runapi, await path())).rejects.toMatchObject({ code: 'configuration' })
  expect(came).toHaveLength(0)
})

test('a path is a string, a file: URL or bytes, in any script', async () => {
  const bytes = randomBytes(10)
  const names = ['a b.mp4', '海.mp4', '🌊.mp4', 'cafe\u0301.mp4', 'ים.mp4', `${'a'.repeat(251)}.mp4`]
  for (const name of names) {
    const path = await fileOf(bytes, name)
    for (const form of [path, pathToFileURL(path), Buffer.from(path)]) {
      const { came, runapi } = await service()
      await uploadFile(runapi, form)
      expect(JSON.parse(came[0]?.bytes.toString() ?? '')).toMatchObject({ filename: name, byte_size: 10 })
      expect(await sha256OfFile(form)).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
  }
})

test.runIf(process.platform === 'linux')(
  'a name that is not UTF-8 or not plain is uploaded under a mended one',
  async () => {
    const dir = join(await fileOf(new Uint8Array([1])), '..')
    const odd = Buffer.concat([Buffer.from(`${dir}/a`), Buffer.from([0xff]), Buffer.from('b.mp4')])
    await writeFile(odd, 'hello')
    await writeFile(join(dir, 'a\nb\\c.mp4'), 'hello')
    const { came, runapi } = await service()
    await uploadFile(runapi, odd)
    await uploadFile(runapi, join(dir, 'a\nb\\c.mp4'))
    const names = came
      .filter(({ path }) => path.endsWith('/prepare'))
      .map(({ bytes }) => JSON.parse(bytes.toString()).filename)
    expect(names).toEqual(['a\ufffdb.mp4', 'a_b_c.mp4'])
  },
)

test.each<[string, unknown]>([
  ['an empty path', ''],
  ['a NUL', 'a\0b'],
  ['a web URL', new URL('https://example.com/a.mp4')],
  ['a file: URL as text', 'file:///clips/a.mp4'],
  ['a number', 7],
])('%s is not a path', async (_, path) => {
  const { came, runapi } = await service()
  const refused = { code: 'configuration', message: expect.stringMatching(/^path: /) }
  await expect(uploadFile(runapi, path as string)).rejects.toMatchObject(refused)
  await expect(sha256OfFile(path as string)).rejects.toMatchObject(refused)
  expect(came).toHaveLength(0)
})

test('a file that grows while it is uploaded is an error that says so', async () => {
  const path = await fileOf(randomBytes(2_000_000))
  const { runapi } = await service(() => appendFile(path, 'more'))
  const error = await uploadFile(runapi, path).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining('was changed') })
})

test('what cannot be read says why', async () => {
  await expect(sha256OfFile(join(tmpdir(), 'runapi-video-missing'))).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('cannot be read (ENOENT)'),
  })
})

test('a client is needed', async () => {
  await expect(uploadFile({} as never, await fileOf(new Uint8Array([1])))).rejects.toMatchObject({
    code: 'configuration',
  })
})
