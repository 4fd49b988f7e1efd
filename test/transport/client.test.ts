import { ConfigurationError, RunApiClient } from 'runapi-video'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { listen } from './loopback'

const params = { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' }
const clients: RunApiClient[] = []
const newClient = (baseUrl: string): RunApiClient => {
  const client = new RunApiClient({ apiKey: 'key-of-a-test', baseUrl, maxRetries: 0 })
  clients.push(client)
  return client
}

beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) vi.stubEnv(name, undefined)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const client of clients.splice(0)) await client.close()
})

test('three hundred waits at once share seventy-two sockets', async () => {
  const server = await listen(({ method, url = '' }, response) => {
    const id = method === 'POST' ? String(server.requests.length) : url.replace(/.*\//, '')
    const status = method === 'POST' ? 'pending' : 'completed'
    response.end(JSON.stringify({ id, status, videos: [{ url: `https://example.com/${id}.mp4` }] }))
  })
  const runapi = newClient(server.url)
  const schedule = () => 10
  const waits = Array.from({ length: 300 }, () => runapi.luma.modifyVideo(params).wait({ schedule }))
  const videos = (await Promise.all(waits)).map((state) => state.videos[0].url)
  expect(new Set(videos).size).toBe(300)
  expect(server.requests).toHaveLength(600)
  expect(server.sockets.all).toBeLessThanOrEqual(72)
  expect(server.sockets.all).toBeGreaterThan(8)
  await server.close()
}, 20_000)

test('a malformed proxy variable is a ConfigurationError that names it, and nothing is sent', async () => {
  const server = await listen()
  vi.stubEnv('HTTPS_PROXY', 'ftp://me:secret@proxy')
  const error = await newClient(server.url)
    .luma.modifyVideo(params)
    .catch((thrown) => thrown)
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(error.message).toMatch(/^HTTPS_PROXY: /)
  expect(server.requests).toEqual([])
  await server.close()
})

test('an answer that cannot be decoded is an unknown outcome of a create', async () => {
  const server = await listen((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
  )
  const runapi = newClient(server.url)
  const creates = Array.from({ length: 9 }, () => runapi.luma.modifyVideo(params))
  const outcomes = await Promise.allSettled(creates)
  expect(server.via).toContain('undici')
  const reasons = outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason)
  const ninth = reasons[server.via.indexOf('undici')]
  expect(ninth).toMatchObject({ code: 'unknown_outcome', cause: { code: 'connection' } })
  await server.close()
})

test('closing the client ends what is in flight and leaves no socket of undici', async () => {
  const server = await listen(() => {})
  const runapi = newClient(server.url)
  const creates = Array.from({ length: 30 }, () => runapi.luma.modifyVideo(params).catch((error) => error))
  while (server.requests.length < 30) await new Promise((resolve) => setTimeout(resolve, 2))
  await runapi.close()
  const codes = (await Promise.all(creates)).map(({ code }) => code)
  expect(new Set(codes)).toEqual(new Set(['client_closed']))
  while (server.sockets.open > 0) await new Promise((resolve) => setTimeout(resolve, 2))
  await server.close()
})

// What comes along when the headers of an incoming request are passed on.
test.each(['Content-Length', 'expect', 'Host', 'keep-alive', 'transfer-encoding', 'upgrade'])(
  'a %s among the headers, of a call or of a client, is refused before anything is sent',
  async (name) => {
    const server = await listen()
    const headers = { [name]: '5' }
    const options = { apiKey: 'key', baseUrl: server.url, maxRetries: 0, timeoutMs: 2_000 }
    const ofCall = new RunApiClient(options).luma.modifyVideo(params, { headers })
    const ofClient = new RunApiClient({ ...options, headers }).luma.modifyVideo(params)
    for (const promise of [ofCall, ofClient]) {
      await expect(promise).rejects.toMatchObject({
        code: 'configuration',
        idempotencyKey: promise.idempotencyKey,
        message: expect.stringContaining(`headers: ${name.toLowerCase()} is set by the transport`),
      })
    }
    expect(server.requests).toEqual([])
    await server.close()
  },
)
