import { expect, test } from 'vitest'
import { call, I2V, provider, rejection } from './provider'

const PNG = new Uint8Array([137, 80, 78, 71])

test('bytes are uploaded once, whichever form they come in', async () => {
  const { emulator, runapi } = provider()
  const image = { type: 'file', mediaType: 'image/png', data: PNG } as const
  const base64 = { ...image, data: btoa(String.fromCharCode(...PNG)) }
  await runapi.video(I2V).doGenerate(call({ image }))
  await runapi.video(I2V).doGenerate(call({ image }))
  await runapi.video(I2V).doGenerate(call({ image: base64 }))
  const urls = emulator.tasks.map(({ params }) => String(params.first_frame_image_url))
  expect(urls[0]).toMatch(/^https:\/\/tempfile\.runapi\.ai\/temp\/.+\.png$/)
  expect(urls[1]).toBe(urls[0])
  expect(urls[2]).not.toBe(urls[0])
  expect(emulator.requests.filter(({ path }) => path.endsWith('/prepare'))).toHaveLength(2)
})

test('a file is uploaded again when its hour is over', async () => {
  const { emulator, clock, runapi } = provider()
  const image = { type: 'file', mediaType: 'image/png', data: PNG } as const
  await runapi.video(I2V).doGenerate(call({ image }))
  await clock.sleep(3_600_000)
  await runapi.video(I2V).doGenerate(call({ image }))
  expect(emulator.tasks.map(({ status }) => status)).toEqual(['completed', 'completed'])
  expect(emulator.requests.filter(({ path }) => path.endsWith('/prepare'))).toHaveLength(2)
})

test('bytes that are not base64 are refused', async () => {
  const { runapi } = provider()
  const image = { type: 'file', mediaType: 'image/png', data: 'no base64!' } as const
  const error = await rejection(runapi.video(I2V).doGenerate(call({ image })))
  expect(error.message).toBe('file.data: must be bytes or base64')
})
