import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError, RunApiClient } from 'runapi-video'
import { downloadVideo, uploadFile } from 'runapi-video/node'
import { createEmulator, type Emulator } from 'runapi-video/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { clipBytes } from '../../src/testing/clip'
import { type ForwardProxy, listenProxy } from './forward-proxy'

let emulator: Emulator
let url: string
let proxy: ForwardProxy
let folder: string

beforeEach(async () => {
  for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'no_proxy'])
    vi.stubEnv(name, undefined)
  emulator = createEmulator({ takesMs: 0 })
  ;({ url } = await emulator.listen())
  proxy = await listenProxy()
  folder = await mkdtemp(join(tmpdir(), 'runapi-video-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  await proxy.close()
  await emulator.close()
  await rm(folder, { recursive: true, force: true })
})

const boughtVideo = async (runapi: RunApiClient) => {
  const params = { model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' } as const
  return (await runapi.hailuo.textToVideo(params).wait({ schedule: () => 1 })).videos[0]
}
const host = () => new URL(url).host

test('a proxy that refuses to connect is named as the cause', async () => {
  const refusing = await listenProxy({}, 407)
  try {
    const runapi = new RunApiClient({ apiKey: 'key', baseUrl: url })
    const video = await boughtVideo(runapi)
    vi.stubEnv('HTTP_PROXY', refusing.url)
    const error = await runapi.download(video).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'download', reason: 'connection' })
    expect(error.cause).toMatchObject({
      message: 'the proxy answered 407 to CONNECT',
      code: 'ERR_PROXY_TUNNEL',
    })
  } finally {
    await refusing.close()
  }
})

test('a video is downloaded through the proxy of the environment', async () => {
  const runapi = new RunApiClient({ apiKey: 'key', baseUrl: url })
  const video = await boughtVideo(runapi)
  vi.stubEnv('HTTP_PROXY', proxy.url)
  const { path } = await downloadVideo(video, join(folder, 'a.mp4'), { runapi })
  expect(await readFile(path)).toEqual(Buffer.from(clipBytes()))
  expect(proxy.tunnels.map(({ to }) => to)).toEqual([host()])
  await runapi.close()
})

test('a file on disk is uploaded through the proxy of the environment', async () => {
  vi.stubEnv('HTTP_PROXY', proxy.url)
  const runapi = new RunApiClient({ apiKey: 'key', baseUrl: url })
  await writeFile(join(folder, 'in.png'), new Uint8Array(200_000))
  expect(await uploadFile(runapi, join(folder, 'in.png'))).toMatchObject({ size_bytes: 200_000 })
  const put = emulator.requests.find(({ method }) => method === 'PUT')
  expect(put?.headers['content-length']).toBe('200000')
  // One tunnel for the API, and one for the storage.
  expect(proxy.tunnels).toHaveLength(2)
  await runapi.close()
})

test('hosts of NO_PROXY are downloaded from directly', async () => {
  const runapi = new RunApiClient({ apiKey: 'key', baseUrl: url })
  const video = await boughtVideo(runapi)
  vi.stubEnv('HTTP_PROXY', proxy.url)
  vi.stubEnv('NO_PROXY', '127.0.0.1')
  await downloadVideo(video, folder, { runapi })
  expect(proxy.tunnels).toEqual([])
})

test('a fetch that was given or replaced downloads without a proxy', async () => {
  const video = await boughtVideo(new RunApiClient({ apiKey: 'key', baseUrl: url }))
  vi.stubEnv('HTTP_PROXY', proxy.url)
  const given = vi.fn(globalThis.fetch)
  await downloadVideo(video, folder, { runapi: new RunApiClient({ baseUrl: url, fetch: given }) })
  vi.stubGlobal('fetch', given)
  await downloadVideo(video, folder, { runapi: new RunApiClient({ baseUrl: url }), overwrite: true })
  expect(given).toHaveBeenCalledTimes(2)
  expect(proxy.tunnels).toEqual([])
})

test('a malformed proxy variable ends a download with its name, without its value', async () => {
  const runapi = new RunApiClient({ apiKey: 'key', baseUrl: url })
  const video = await boughtVideo(runapi)
  vi.stubEnv('HTTP_PROXY', 'ftp://me:secret@proxy')
  const error = await runapi.download(video).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(error.message).toMatch(/^HTTP_PROXY: /)
  expect(error.message).not.toContain('secret')
})
