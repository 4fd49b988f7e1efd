import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from 'runapi-video/testing'
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
