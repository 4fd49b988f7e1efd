import { RunApiClient } from 'runapi-video'
import { expect, test } from 'vitest'
import { call, I2V, provider, rejection, T2V } from './provider'

test('every model of the library is a video model', () => {
  const { runapi } = provider()
  for (const id of ['luma-modify-video', I2V, T2V, 'hailuo-2.3-image-to-video-pro'])
    expect(runapi.videoModel(id)).toMatchObject({
      specificationVersion: 'v3',
      provider: 'runapi',
      modelId: id,
    })
})

test('an unknown model is refused with the names of those that are known', async () => {
  const { runapi } = provider()
  for (const ask of [runapi.videoModel, runapi.languageModel, runapi.embeddingModel, runapi.imageModel]) {
    const error = await rejection((async () => ask('sora-9'))())
    expect(error).toMatchObject({ code: 'configuration', modelId: 'sora-9' })
    expect(error.message).toContain('luma-modify-video, hailuo-02-text-to-video-pro')
    expect(error[Symbol.for('vercel.ai.error.AI_NoSuchModelError')]).toBe(true)
  }
})

test('the provider gives its client', async () => {
  const { emulator, runapi } = provider()
  expect(runapi.client).toBeInstanceOf(RunApiClient)
  const { providerMetadata } = await runapi.video(T2V).doGenerate(call())
  const { videos } = await runapi.client.task(JSON.stringify(providerMetadata.runapi.task)).wait()
  expect(videos[0].url).toContain(String(emulator.tasks[0]?.id))
})
