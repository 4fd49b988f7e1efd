import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunApiClient } from 'runapi-video'
import { uploadFile } from 'runapi-video/node'
import { expect, onTestFinished, test } from 'vitest'

const FILE = { file_name: 'walk.mp4', url: 'https://file.runapi.ai/temp/walk.mp4' }

const fileOf = async (bytes: Uint8Array, name = 'walk.mp4'): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'runapi-video-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await writeFile(join(dir, name), bytes)
  return join(dir, name)
}

const service = async () => {
  const came: { path: string; headers: Record<string, unknown>; bytes: Buffer }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    came.push({ path: request.url ?? '', headers: request.headers, bytes: Buffer.concat(chunks) })
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

test('a client is needed', async () => {
  await expect(uploadFile({} as never, await fileOf(new Uint8Array([1])))).rejects.toMatchObject({
    code: 'configuration',
  })
})
