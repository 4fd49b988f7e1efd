import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator, type Emulator } from 'runapi-video/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runProgram } from './support/run-program'

const example = (name: string): Promise<string> => readFile(`examples/${name}.mjs`, 'utf8')
const VIDEO_URL = /^https?:\/\/.+\.mp4/

beforeEach(() => {
  vi.stubEnv('RUNAPI_API_KEY', 'key-of-the-examples')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

test('quickstart prints the URL of one video', async () => {
  const emulator = createEmulator()
  const { lines } = await runProgram(await example('quickstart'), { emulator })
  expect(lines).toEqual([expect.stringMatching(VIDEO_URL)])
  expect(emulator.tasks).toHaveLength(1)
})

test('image-to-video sends the first and the last frame', async () => {
  const emulator = createEmulator()
  const { lines } = await runProgram(await example('image-to-video'), { emulator })
  expect(lines[0]).toMatch(VIDEO_URL)
  const [create] = emulator.requests
  expect(create?.body).toMatchObject({
    first_frame_image_url: 'https://example.com/bud.png',
    last_frame_image_url: 'https://example.com/flower.png',
  })
})

test("chain-hailuo-to-luma hands Hailuo's video to Luma", async () => {
  const emulator = createEmulator()
  const { lines } = await runProgram(await example('chain-hailuo-to-luma'), { emulator })
  const [hailuo, luma] = lines.map((line) => line.split(': ')[1])
  expect(luma).toMatch(VIDEO_URL)
  const create = emulator.requests.find(({ path }) => path === '/api/v1/luma/modify_video')
  expect(create?.body).toMatchObject({ source_video_url: hailuo })
})

test('progress prints every change up to the video', async () => {
  const emulator = createEmulator()
  const { lines } = await runProgram(await example('progress'), { emulator })
  expect(lines.at(-1)).toMatch(/^completed: https?:/)
  expect(new Set(lines).size).toBe(lines.length)
})

test('progress prints why a task failed', async () => {
  const emulator = createEmulator()
  emulator.next({ outcome: { failed: 'the prompt was refused' } })
  const { lines } = await runProgram(await example('progress'), { emulator })
  expect(lines.at(-1)).toBe('failed: the prompt was refused')
})

test('resume-from-json pays in one process and waits in another', async () => {
  const emulator = createEmulator()
  const folder = await mkdtemp(join(tmpdir(), 'resume-'))
  const file = join(folder, 'task.json')
  try {
    const text = await example('resume-from-json')
    await runProgram(text, { emulator, args: ['submit', file] })
    const { lines } = await runProgram(text, { emulator, args: ['resume', file] })
    expect(lines).toEqual([expect.stringMatching(VIDEO_URL)])
    expect(emulator.tasks).toHaveLength(1)
    expect(await readFile(file, 'utf8')).not.toContain('key-of-the-examples')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('errors prints the video when nothing goes wrong', async () => {
  const emulator = createEmulator()
  const { lines } = await runProgram(await example('errors'), { emulator })
  expect(lines).toEqual([expect.stringMatching(VIDEO_URL)])
  expect(emulator.requests[0]?.headers['idempotency-key']).toBe('order-1001')
})

test('errors says that a failed task is not charged', async () => {
  const emulator = createEmulator()
  emulator.next({ outcome: { failed: 'the prompt was refused' } })
  const { lines } = await runProgram(await example('errors'), { emulator })
  expect(lines[0]).toBe('not charged: the prompt was refused')
})

test('quote-before-buying buys what fits', async () => {
  const emulator = createEmulator()
  const { lines } = await runProgram(await example('quote-before-buying'), { emulator })
  expect(lines).toEqual([
    expect.stringMatching(/^it would cost 30 cents of \d+$/),
    expect.stringMatching(VIDEO_URL),
  ])
  expect(emulator.spentCents).toBe(30)
})

test('quote-before-buying leaves what is too expensive', async () => {
  const emulator = createEmulator()
  const { lines } = await runProgram(await example('quote-before-buying'), { emulator, args: ['29'] })
  expect(lines[1]).toBe('too expensive, nothing was bought')
  expect(emulator.tasks).toHaveLength(0)
})

test('local-file makes a video on the disk from an image on it', async () => {
  const emulator = createEmulator()
  const folder = await mkdtemp(join(tmpdir(), 'local-file-'))
  try {
    const image = join(folder, 'first.png')
    await writeFile(image, 'an image')
    const { lines } = await runProgram(await example('local-file'), { emulator, args: [image, folder] })
    const [, path] = /→ (.+\.mp4) \(\d+ bytes\)$/.exec(lines[0] ?? '') ?? []
    expect((await readFile(path ?? '')).subarray(4, 8).toString()).toBe('ftyp')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('batch buys within its limit, keeps the failed one apart, and does what is missing when it runs again', async () => {
  const emulator = createEmulator()
  const folder = await mkdtemp(join(tmpdir(), 'batch-'))
  try {
    emulator.next({ outcome: { failed: 'the prompt was refused' } })
    const run = async () => (await runProgram(await example('batch'), { emulator, args: [folder] })).lines
    const lines = await run()
    expect(lines).toHaveLength(21)
    expect(lines.filter((line) => line.includes('the prompt was refused'))).toHaveLength(1)
    expect(lines.filter((line) => /^boat-\d+: .+\.mp4$/.test(line))).toHaveLength(19)
    expect(lines.at(-1)).toMatch(
      /"spentCents":570,"reservedCents":0,"unknownCents":0,"unpriced":0,"leftCents":30/,
    )
    const creates = emulator.tasks.map(({ createdAt }) => Date.parse(createdAt))
    expect(creates[4]).toBeGreaterThan(creates[0] ?? Infinity)

    const again = await run()
    expect(again.filter((line) => line.endsWith(': is there'))).toHaveLength(19)
    expect(emulator.tasks).toHaveLength(20)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('webhook-receiver ends its wait by the webhook', async () => {
  const emulator = createEmulator()
  vi.stubEnv('RUNAPI_CALLBACK_SECRET', emulator.callbackSecret)
  const port = await freePort()
  const { lines } = await runProgram(await example('webhook-receiver'), { emulator, args: [String(port)] })
  expect(lines).toEqual([expect.stringMatching(VIDEO_URL)])
  await vi.waitFor(() => expect(emulator.deliveries).toMatchObject([{ status: 204 }]))
  expect(emulator.tasks[0]?.polls).toBeLessThanOrEqual(1)
})

test.each(['', 'not base64!'])('webhook-receiver buys nothing with the secret %j', async (secret) => {
  const emulator = createEmulator()
  vi.stubEnv('RUNAPI_CALLBACK_SECRET', secret)
  const args = [String(await freePort())]
  const text = await example('webhook-receiver')
  await expect(runProgram(text, { emulator, args })).rejects.toMatchObject({ code: 'configuration' })
  expect(emulator.requests).toEqual([])
})

test('webhook-receiver outlives every bad request', async () => {
  const emulator = createEmulator({ takesMs: 1_500 })
  vi.stubEnv('RUNAPI_CALLBACK_SECRET', emulator.callbackSecret)
  const port = await freePort()
  const text = await example('webhook-receiver')
  // In real time, so that requests can come while it waits.
  const running = runProgram(text, { emulator: withoutClock(emulator), args: [String(port)] })
  const url = `http://127.0.0.1:${port}/`
  await vi.waitFor(async () => expect((await fetch(url)).status).toBe(405), { timeout: 5_000 })
  expect((await fetch(url, { method: 'POST' })).status).toBe(400)
  expect((await fetch(url, { method: 'POST', body: '{' })).status).toBe(400)
  const large = fetch(url, { method: 'POST', body: 'x'.repeat(3_000_000) }).then(
    ({ status }) => status,
    () => 400,
  )
  expect(await large).toBe(400)
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf')
  socket.destroy()
  const { lines } = await running
  expect(lines.at(-1)).toMatch(VIDEO_URL)
  await vi.waitFor(() => expect(emulator.deliveries).toMatchObject([{ status: 204 }]))
})

/** The emulator as it is for a program that waits in real time. */
const withoutClock = (emulator: Emulator): Emulator => {
  const { fetch, close } = emulator
  return { fetch, close, clock: undefined } as unknown as Emulator
}

test('resume-from-json buys nothing where the handle has no place', async () => {
  const emulator = createEmulator()
  const text = await example('resume-from-json')
  const args = ['submit', join(tmpdir(), 'no-such-folder', 'task.json')]
  await expect(runProgram(text, { emulator, args })).rejects.toThrow('ENOENT')
  expect(emulator.requests).toEqual([])
})

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
