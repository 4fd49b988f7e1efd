import { createRunApi } from 'runapi-video/ai-sdk'
import { expect, test } from 'vitest'
import { call, provider, rejection, T2V } from './provider'

test('start gives plain data, with which another process asks for the status', async () => {
  const { emulator, clock, runapi } = provider({ takesMs: 60_000 })
  const { operation, providerMetadata } = await runapi.video(T2V).doStart(call())
  const [task] = emulator.tasks
  expect(operation).toEqual(providerMetadata.runapi.task)
  const stored = JSON.parse(JSON.stringify(operation))
  const { fetch } = emulator
  const elsewhere = createRunApi({ apiKey: 'test-key', fetch, clock }).video(T2V)

  expect(await elsewhere.doStatus({ operation: stored })).toMatchObject({ status: 'pending' })
  await clock.sleep(61_000)
  const before = emulator.requests.length
  expect(await elsewhere.doStatus({ operation: stored })).toMatchObject({
    status: 'completed',
    videos: [{ type: 'url', url: expect.stringContaining(String(task?.id)), mediaType: 'video/mp4' }],
    warnings: [],
    providerMetadata: { runapi: { costUsd: 0.5, task: operation } },
  })
  expect(emulator.requests).toHaveLength(before + 1)
})

test('the status of a failed generation is data that names the task', async () => {
  const { emulator, clock, runapi } = provider({ takesMs: 60_000 })
  emulator.next({ outcome: { failed: { code: 'too_dark', message: 'Too dark' } } })
  const { operation } = await runapi.video(T2V).doStart(call())
  await clock.sleep(61_000)
  expect(await runapi.video(T2V).doStatus({ operation })).toMatchObject({
    status: 'error',
    error: `hailuo.textToVideo ${emulator.tasks[0]?.id}: the generation failed: Too dark; RunAPI says that it does not charge failed generations. To try again, create a task with a new idempotency key`,
    providerMetadata: { runapi: { serviceCode: 'too_dark', task: operation } },
  })
})

test('a service that does not know the task yet is asked again', async () => {
  const { clock, emulator, runapi } = provider()
  emulator.next({ faults: { status: [{ status: 404 }, { status: 404 }] } })
  const { operation } = await runapi.video(T2V).doStart(call())
  expect(await runapi.video(T2V).doStatus({ operation })).toMatchObject({ status: 'pending' })
  await clock.sleep(20_000)
  const error = await rejection(runapi.video(T2V).doStatus({ operation }))
  expect(error).toMatchObject({ code: 'not_found', isRetryable: false, statusCode: 404 })
})

test('a handle of another service is refused', async () => {
  const { runapi } = provider()
  const { operation } = await runapi.video(T2V).doStart(call())
  const elsewhere = { ...operation, baseUrl: 'https://other.example' }
  const error = await rejection(runapi.video(T2V).doStatus({ operation: elsewhere }))
  expect(error).toMatchObject({ code: 'configuration' })
})

test('a webhook of the SDK is registered as it is, and wins over one among the provider options', async () => {
  const { emulator, runapi } = provider()
  const model = runapi.video(T2V)
  const received = Promise.resolve({ headers: {}, body: null })
  const webhook = async () => ({ url: 'https://your.app/hook?order=1#part', received })
  const taken = await model.handleWebhookOption({ webhook })
  expect(taken.received).toBe(received)
  const providerOptions = { runapi: { callback_url: 'https://your.app/other' } }
  const { warnings } = await model.doStart({ ...call({ providerOptions }), webhookUrl: taken.webhookUrl })
  expect(emulator.tasks[0]?.params.callback_url).toBe('https://your.app/hook?order=1#part')
  expect(warnings).toMatchObject([{ type: 'other' }])
})

test('after a delivery that came too early the status waits for the end', async () => {
  const { emulator, clock, runapi } = provider({ takesMs: 60_000 })
  const model = runapi.video(T2V)
  const received = Promise.resolve({ headers: {}, body: { status: 'completed' } })
  const webhook = async () => ({ url: 'https://your.app/hook', received })
  const { webhookUrl } = await model.handleWebhookOption({ webhook })
  const { operation } = await model.doStart({ ...call(), webhookUrl })
  expect(await model.doStatus({ operation })).toMatchObject({ status: 'completed' })
  expect(clock.monotonic()).toBeGreaterThanOrEqual(60_000)
  expect(emulator.tasks).toHaveLength(1)
})

test('with a webhook URL alone the status is one look', async () => {
  const { runapi } = provider({ takesMs: 60_000 })
  const model = runapi.video(T2V)
  const { operation } = await model.doStart({ ...call(), webhookUrl: 'https://your.app/hook' })
  expect(await model.doStatus({ operation })).toMatchObject({ status: 'pending' })
})
