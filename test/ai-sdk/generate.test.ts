import { WaitTimeoutError } from 'runapi-video'
import { expect, test } from 'vitest'
import { call, provider, rejection, T2V } from './provider'

test('buys one video, waits for it and gives its URL with the handle', async () => {
  const { emulator, runapi } = provider()
  const { videos, warnings, providerMetadata, response } = await runapi.video(T2V).doGenerate(call())
  const [task] = emulator.tasks
  expect(task?.creates).toBe(1)
  expect(videos).toEqual([
    { type: 'url', url: `https://tempfile.runapi.ai/results/${task?.id}.mp4`, mediaType: 'video/mp4' },
  ])
  expect(warnings).toEqual([])
  expect(providerMetadata.runapi).toMatchObject({
    task: { v: 1, endpoint: 'hailuo.textToVideo', id: task?.id, model: T2V },
    videos: [{ url: videos[0]?.url, task: { id: task?.id } }],
    costUsd: 0.5,
  })
  expect(JSON.parse(JSON.stringify(providerMetadata))).toEqual(providerMetadata)
  expect(response).toEqual({
    timestamp: expect.any(Date),
    modelId: T2V,
    headers: { 'x-request-id': expect.any(String) },
  })
})

test('an abort while it waits rejects with the reason itself, at once', async () => {
  const { emulator, clock, runapi } = provider({ takesMs: 600_000 })
  const controller = new AbortController()
  const generation = rejection(runapi.video(T2V).doGenerate(call({ abortSignal: controller.signal })))
  await clock.sleep(30_000)
  const reason = new Error('the user left')
  controller.abort(reason)
  expect(await generation).toBe(reason)
  expect(emulator.tasks).toHaveLength(1)
  expect(reason).not.toHaveProperty('isRetryable')
})

test('an error of the library that is the reason of an abort stays unmarked', async () => {
  const { clock, runapi } = provider({ takesMs: 600_000 })
  const controller = new AbortController()
  const generation = rejection(runapi.video(T2V).doGenerate(call({ abortSignal: controller.signal })))
  await clock.sleep(30_000)
  const reason = new WaitTimeoutError('too long', { timeoutMs: 1 })
  controller.abort(reason)
  expect(await generation).toBe(reason)
  expect(reason).not.toHaveProperty('isRetryable')
})

test('a failed generation rejects with the task', async () => {
  const { emulator, runapi } = provider()
  emulator.next({ outcome: { failed: { code: 'too_dark', message: 'Too dark' } } })
  const error = await rejection(runapi.video(T2V).doGenerate(call()))
  expect(error).toMatchObject({
    name: 'TaskFailedError',
    isRetryable: false,
    task: { id: emulator.tasks[0]?.id },
  })
})
