import { RunApiClient } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, onTestFinished, test } from 'vitest'

const together = (options = {}) => {
  const emulator = createEmulator(options)
  const { fetch, clock } = emulator
  return { emulator, runapi: new RunApiClient({ apiKey: 'test-key', fetch, clock }) }
}

test('a client uploads, quotes, buys, pays and downloads', async () => {
  const { emulator, runapi } = together()
  const source = await runapi.files.upload(new Blob(['a video']), { fileName: 'walk.mp4' })
  const params = { prompt: 'fog', source_video_url: source }
  const { reservation_amount_cents } = await runapi.pricing.quote('luma.modifyVideo', params)
  const before = await runapi.account.balance()
  const { videos } = await runapi.luma.modifyVideo(params).wait()
  const after = await runapi.account.balance()
  expect(before.balance_cents - after.balance_cents).toBe(reservation_amount_cents)
  expect(emulator.tasks[0]?.params).toMatchObject({ source_video_url: source.url })
  const { body, contentLength } = await runapi.download(videos[0])
  expect((await new Response(body).arrayBuffer()).byteLength).toBe(contentLength)
})

test('over a socket too, with progress', async () => {
  const emulator = createEmulator({ takesMs: 1 })
  const { url } = await emulator.listen()
  const runapi = new RunApiClient({ apiKey: 'test-key', baseUrl: url })
  onTestFinished(async () => {
    await runapi.close()
    await emulator.close()
  })
  const seen: number[] = []
  const file = await runapi.files.upload(new Uint8Array(300_000).fill(7), {
    onProgress: ({ sentBytes }) => seen.push(sentBytes),
  })
  expect(seen.at(-1)).toBe(300_000)
  const { body } = await runapi.download(file)
  expect(new Uint8Array(await new Response(body).arrayBuffer())).toEqual(new Uint8Array(300_000).fill(7))
})
