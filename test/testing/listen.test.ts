import { request as httpRequest } from 'node:http'
import { RunApiClient } from 'runapi-video'
import { createEmulator, type Emulator } from 'runapi-video/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { get, LUMA, lumaBody, post } from './wire'

let emulator: Emulator
afterEach(async () => {
  vi.unstubAllEnvs()
  await emulator.close()
})

const PATH = '/api/v1/luma/modify_video'

test('serves a whole task over a socket in real time', async () => {
  emulator = createEmulator({ takesMs: 30 })
  const { url } = await emulator.listen()
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const { id } = await (await fetch(url + PATH, post(lumaBody))).json()
  await new Promise((resolve) => setTimeout(resolve, 50))
  const done = await (await fetch(`${url}${PATH}/${id}`, get)).json()
  expect(done).toEqual({
    id,
    status: 'completed',
    videos: [{ url: `${url}/results/${id}.mp4` }],
    sources: [{ url: `${url}/results/${id}/input.mp4` }],
    usage: { cost: 0.5 },
  })
  const video = await fetch(done.videos[0].url)
  expect(video.headers.get('content-type')).toBe('video/mp4')
  expect(new Uint8Array(await video.arrayBuffer()).length).toBe(Number(video.headers.get('content-length')))
})

test('names its files by the host that each request asks for', async () => {
  emulator = createEmulator({ takesMs: 0 })
  const { url } = await emulator.listen()
  const { id } = await (await fetch(url + PATH, post(lumaBody))).json()
  const statusAs = (host: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: 'Bearer test-key', host }
      httpRequest(`${url}${PATH}/${id}`, { headers }, async (answer) => {
        const chunks: Uint8Array[] = []
        for await (const chunk of answer) chunks.push(chunk)
        resolve(JSON.parse(Buffer.concat(chunks).toString()).videos[0].url)
      })
        .on('error', reject)
        .end()
    })
  expect(await statusAs('video.test:99')).toBe(`http://video.test:99/results/${id}.mp4`)
  expect(await statusAs('emulator:4010')).toBe(`http://emulator:4010/results/${id}.mp4`)
})

test.each([
  ['0.0.0.0', /^http:\/\/127\.0\.0\.1:\d+$/],
  ['localhost', /^http:\/\/localhost:\d+$/],
])('listening on %s gives a URL that works', async (host, expected) => {
  emulator = createEmulator()
  const { url } = await emulator.listen({ host })
  expect(url).toMatch(expected)
  expect((await fetch(`${url}/api/v1/me`, get)).status).toBe(200)
})

test('the environment lets a client use it over http on another host, downloads included', async () => {
  emulator = createEmulator({ takesMs: 0 })
  const { port } = await emulator.listen({ host: '0.0.0.0' })
  // Another spelling of the loopback address, which is none of the hosts that http is always allowed for.
  const baseUrl = `http://[::ffff:7f00:1]:${port}`
  expect(() => new RunApiClient({ apiKey: 'test', baseUrl })).toThrow('RUNAPI_ALLOW_INSECURE_HTTP=1')
  vi.stubEnv('RUNAPI_ALLOW_INSECURE_HTTP', '1')
  vi.stubEnv('RUNAPI_BASE_URL', baseUrl)
  const runapi = new RunApiClient({ apiKey: 'test' })
  const { videos } = await runapi.luma.modifyVideo(lumaBody).wait({ schedule: () => 1 })
  expect(videos[0].url).toContain(baseUrl)
  const { body } = await runapi.download(videos[0])
  expect((await new Response(body).arrayBuffer()).byteLength).toBeGreaterThan(1_000)
  await runapi.close()
})

test.each(['reset', 'lose-answer', 'cut-body'] as const)('%s breaks the socket', async (fault) => {
  emulator = createEmulator()
  const { url } = await emulator.listen()
  emulator.next({ faults: { create: [fault] } })
  const read = fetch(url + PATH, post(lumaBody)).then((response) => response.text())
  await expect(read).rejects.toThrow(TypeError)
  expect(emulator.tasks).toHaveLength(fault === 'reset' ? 0 : 1)
})

test.each(['stall', 'stall-body'] as const)(
  '%s leaves the caller waiting until it gives up',
  async (fault) => {
    emulator = createEmulator({ fault: () => fault })
    const { url } = await emulator.listen()
    const read = fetch(url + PATH, { ...get, signal: AbortSignal.timeout(50) }).then((response) =>
      response.text(),
    )
    await expect(read).rejects.toMatchObject({ name: 'TimeoutError' })
  },
)

test('closing ends requests that have no answer', async () => {
  emulator = createEmulator({ fault: () => 'stall' })
  const { url } = await emulator.listen()
  const answered = fetch(url + PATH, get)
  answered.catch(() => {})
  while (emulator.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  await emulator.close()
  await expect(answered).rejects.toThrow(TypeError)
  await expect(fetch(url + PATH, get)).rejects.toThrow(TypeError)
})

test('a taken port is refused', async () => {
  emulator = createEmulator()
  const { port } = await emulator.listen()
  await expect(emulator.listen({ port })).rejects.toThrow('EADDRINUSE')
})

test('runs on virtual time in the same process', async () => {
  emulator = createEmulator()
  const { clock } = emulator
  const { url } = await emulator.listen()
  const { id } = await (await fetch(url + PATH, post(lumaBody))).json()
  for (let polls = 0; polls < 4; polls += 1) {
    // A timeout beside the request, as a client has one: it must not fire while bytes are on their way.
    const controller = new AbortController()
    const timeout = clock.sleep(60_000, controller.signal).then(
      () => 'timed out',
      () => 'answered',
    )
    const { status } = await (await fetch(`${url}${PATH}/${id}`, get)).json()
    controller.abort()
    expect(await timeout).toBe('answered')
    expect(status).toBe(['pending', 'processing', 'processing', 'completed'][polls])
    await clock.sleep(21_000)
  }
  expect(clock.monotonic()).toBe(84_000)
  expect(emulator.requests[0]?.url).toBe(LUMA.replace('https://runapi.ai', url))
})
