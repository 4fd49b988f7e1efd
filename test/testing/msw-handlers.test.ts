import { http } from 'msw'
import { setupServer } from 'msw/node'
import { createEmulator } from 'runapi-video/testing'
import { expect, onTestFinished, test } from 'vitest'
import { get, LUMA, lumaBody, post } from './wire'

const emulated = (emulator = createEmulator()) => {
  const server = setupServer(...emulator.handlers(http))
  server.listen({ onUnhandledRequest: 'error' })
  onTestFinished(() => server.close())
  return emulator
}

test('MSW gives the global fetch a whole task', async () => {
  const emulator = emulated()
  const { clock } = emulator
  const { id } = await (await fetch(LUMA, post(lumaBody))).json()
  await clock.sleep(62_000)
  const { status, videos } = await (await fetch(`${LUMA}/${id}`, get)).json()
  expect(status).toBe('completed')
  const video = await fetch(videos[0].url)
  expect(video.headers.get('content-type')).toBe('video/mp4')
  expect((await video.arrayBuffer()).byteLength).toBeGreaterThan(1_000)
  expect(emulator.tasks).toHaveLength(1)
})

test('time does not run ahead of requests on their way through MSW', async () => {
  const emulator = emulated()
  const { clock } = emulator
  const controller = new AbortController()
  const timeout = clock.sleep(60_000, controller.signal).then(
    () => 'timed out',
    () => 'answered',
  )
  for (let count = 0; count < 20; count += 1) expect((await fetch(LUMA, post(lumaBody))).status).toBe(200)
  controller.abort()
  expect(await timeout).toBe('answered')
})

test('a broken connection is a network error under MSW', async () => {
  emulated(createEmulator({ fault: () => 'reset' }))
  await expect(fetch(LUMA, post(lumaBody))).rejects.toThrow('Failed to fetch')
})

test('an abort reaches a stalled request under MSW', async () => {
  emulated(createEmulator({ fault: () => 'stall' }))
  await expect(fetch(LUMA, { ...get, signal: AbortSignal.timeout(30) })).rejects.toMatchObject({
    name: 'TimeoutError',
  })
})
