import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { get, LUMA, lumaBody, post } from './wire'

const VIDEO = 'https://tempfile.runapi.ai/results/tsk_abc123.mp4'

const completed = async () => {
  const emulator = createEmulator()
  const { clock } = emulator
  emulator.next({ id: 'tsk_abc123', takesMs: 60_000 })
  await emulator.fetch(LUMA, post(lumaBody))
  return { emulator, clock }
}

test('serves a small MP4 behind the result URL without a key', async () => {
  const { emulator, clock } = await completed()
  await clock.sleep(60_000)
  const { videos, sources } = await (await emulator.fetch(`${LUMA}/tsk_abc123`, get)).json()
  for (const { url } of [...videos, ...sources]) {
    const response = await emulator.fetch(url)
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(response.headers.get('content-type')).toBe('video/mp4')
    expect(response.headers.get('content-length')).toBe(String(bytes.length))
    expect(String.fromCharCode(...bytes.slice(4, 8))).toBe('ftyp')
    expect(bytes.length).toBeLessThan(5_000)
    // faststart: players need the index before the pictures.
    const text = String.fromCharCode(...bytes)
    expect(text.indexOf('moov')).toBeLessThan(text.indexOf('mdat'))
    expect(text).toContain('avc1')
  }
  expect(emulator.tasks[0]?.downloads).toBe(1)
})

test('there is no video before the task is completed', async () => {
  const { emulator, clock } = await completed()
  expect((await emulator.fetch(VIDEO)).status).toBe(404)
  await clock.sleep(60_000)
  expect((await emulator.fetch(VIDEO)).status).toBe(200)
})

test('a video is gone seven days after the task was completed', async () => {
  const { emulator, clock } = await completed()
  await clock.sleep(60_000 + 7 * 24 * 3_600_000 - 1)
  expect((await emulator.fetch(VIDEO)).status).toBe(200)
  await clock.sleep(1)
  expect((await emulator.fetch(VIDEO)).status).toBe(404)
})
