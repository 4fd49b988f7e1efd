import { nextDelay, RunApiClient } from 'runapi-video'
import { createRunApi } from 'runapi-video/ai-sdk'
import { downloadVideo, uploadFile } from 'runapi-video/node'
import { parseWebhook, signWebhook, verifyWebhook } from 'runapi-video/webhooks'
import { expect, test } from 'vitest'
import { created, params, rejection, scriptedClient } from '../support/scripted-fetch'

type Door = (runapi: RunApiClient, options: never) => unknown

const video = { url: 'https://tempfile.runapi.ai/a.mp4' }
const handle = (runapi: RunApiClient) => runapi.task('luma.modifyVideo', 'tsk_1')

/** Every place where options are taken: one that does not exist, and the one that was meant. */
const doors: readonly [string, string, string, Door][] = [
  ['the client', 'apikey', 'apiKey', (_, options) => new RunApiClient(options)],
  ['withOptions', 'timeoutMS', 'timeoutMs', (runapi, options) => runapi.withOptions(options)],
  ['createRunApi', 'base_url', 'baseUrl', (_, options) => createRunApi(options)],
  [
    'a create',
    'idempotency_key',
    'idempotencyKey',
    (runapi, options) => runapi.luma.modifyVideo(params, options),
  ],
  [
    'a wait on a create',
    'timeout',
    'timeoutMs',
    (runapi, options) => runapi.luma.modifyVideo(params).wait(options),
  ],
  ['wait', 'onupdate', 'onUpdate', (runapi, options) => handle(runapi).wait(options)],
  [
    'updates',
    'schedul',
    'schedule',
    (runapi, options) => handle(runapi).updates(options)[Symbol.asyncIterator]().next(),
  ],
  ['poll', 'max_retries', 'maxRetries', (runapi, options) => handle(runapi).poll(options)],
  ['nextDelay', 'atempt', 'attempt', (runapi, options) => nextDelay(handle(runapi), options)],
  [
    'an upload of bytes',
    'filename',
    'fileName',
    (runapi, options) => runapi.files.upload(new Uint8Array(1), options),
  ],
  [
    'an upload by URL',
    'content_type',
    'contentType',
    (runapi, options) => runapi.files.upload('https://example.com/a.png', options),
  ],
  [
    'uploadFile',
    'onprogress',
    'onProgress',
    (runapi, options) => uploadFile(runapi, 'package.json', options),
  ],
  ['download', 'maxbytes', 'maxBytes', (runapi, options) => runapi.download(video, options)],
  [
    'downloadVideo',
    'overwite',
    'overwrite',
    (_, options) => downloadVideo(video, '/clips/never.mp4', options),
  ],
  [
    'a quote',
    'header',
    'headers',
    (runapi, options) => runapi.pricing.quote('luma.modifyVideo', params, options),
  ],
  ['the price list', 'signl', 'signal', (runapi, options) => runapi.pricing.schedules({}, options)],
  ['a filter of the price list', 'servce', 'service', (runapi, options) => runapi.pricing.schedules(options)],
  ['the balance', 'timeoutMs ', 'timeoutMs', (runapi, options) => runapi.account.balance(options)],
  ['the account', 'maxretries', 'maxRetries', (runapi, options) => runapi.account.info(options)],
  [
    'verifyWebhook',
    'toleranceSecond',
    'toleranceSeconds',
    (_, options) => verifyWebhook('{}', {}, 'secret', options),
  ],
  ['parseWebhook', 'results', 'result', (_, options) => parseWebhook('{}', options)],
  ['signWebhook', 'timestmp', 'timestamp', (_, options) => signWebhook('{}', 'secret', options)],
]

const refusal = (door: Door, runapi: RunApiClient, options: object): Promise<unknown> =>
  rejection(new Promise((resolve) => resolve(door(runapi, options as never))))

test.each(doors)('%s refuses %j, and names %s', async (_, typed, meant, door) => {
  const { runapi, sent } = scriptedClient(created)
  // A create that is waited on is made all the same.
  const sends = typed === 'timeout' ? 1 : 0
  for (const value of [1, undefined]) {
    expect(await refusal(door, runapi, { [typed]: value })).toMatchObject({
      code: 'configuration',
      message: `${typed}: there is no such option; did you mean ${meant}?`,
    })
  }
  expect(sent.length).toBeLessThanOrEqual(2 * sends)
})

test.each(doors)(
  '%s takes an option that is undefined for one that is not given: %j',
  async (_, __, meant, door) => {
    const { runapi } = scriptedClient(created)
    const ended = await Promise.resolve()
      .then(() =>
        meant === 'idempotencyKey' || meant === 'overwrite'
          ? undefined
          : door(runapi, { [meant]: undefined } as never),
      )
      .catch((error: unknown) => error)
    expect(String((ended as Error | undefined)?.message ?? '')).not.toContain('there is no such option')
  },
)

test('an option that resembles none is refused with the list of those that exist', async () => {
  const { runapi } = scriptedClient(created)
  expect(await rejection(runapi.luma.modifyVideo(params, { zzzzzz: 1 } as never))).toMatchObject({
    message:
      'zzzzzz: there is no such option; the options here are signal, timeoutMs, maxRetries, headers, idempotencyKey, ' +
      'clientRequestId, extraParams, tags, validate',
  })
})

test('only own options count: what a prototype adds is neither used nor refused', async () => {
  const { runapi, sent } = scriptedClient(created)
  const options = Object.assign(Object.create({ idempotency_key: 'inherited' }), {
    idempotencyKey: 'order-17',
  })
  await runapi.luma.modifyVideo(params, options)
  await runapi.luma.modifyVideo(params, Object.assign(Object.create(null), { idempotencyKey: 'order-18' }))
  expect(sent.map(({ headers }) => headers.get('idempotency-key'))).toEqual(['order-17', 'order-18'])
})

test.each([
  ['the option', { idempotencyKey: undefined }],
  ['the option, beside a header', { idempotencyKey: undefined, headers: { 'Idempotency-Key': 'order-17' } }],
  ['a header', { headers: { 'Idempotency-Key': undefined } }],
])('a key that is given as undefined by %s is refused before anything is sent', async (_, options) => {
  const { runapi, sent } = scriptedClient(created)
  const creating = runapi.luma.modifyVideo(params, options)
  expect(await rejection(creating)).toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(
      /^idempotencyKey: is given as undefined, so the order may have lost its id; pass/,
    ),
  })
  expect(creating.idempotencyKey).toBe('')
  expect(sent).toEqual([])
})

test('the AI SDK refuses a key that is given as undefined too', async () => {
  const { sent } = scriptedClient(created)
  const model = createRunApi({ apiKey: 'test-key' }).video('luma-modify-video')
  const runapi = { source_video_url: params.source_video_url, idempotencyKey: undefined }
  const call = { prompt: params.prompt, n: 1, providerOptions: { runapi } }
  expect(await rejection(Promise.resolve(model.doStart(call as never)))).toMatchObject({
    code: 'configuration',
  })
  expect(sent).toEqual([])
})
