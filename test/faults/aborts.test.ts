import { type ClientEvent, RunApiClient, ServerError } from 'runapi-video'
import { expect, test } from 'vitest'
import { drips, type Fault, faultServer, staysSilent, writes } from '../support/fault-server'
import {
  answers,
  created,
  isDeaf,
  params,
  rejection,
  type Step,
  scriptedClient,
  stalls,
} from '../support/scripted-fetch'

const reason = new Error('the user left')

/** Calls `look` until it answers; fails with the test's own timeout. */
const until = async (look: () => boolean): Promise<void> => {
  while (!look()) await new Promise((resolve) => setTimeout(resolve, 2))
}

const phases: [string, Fault][] = [
  ['the headers', staysSilent],
  ['half the headers', writes('HTTP/1.1 200 OK\r\ncontent-t')],
  ['the body', drips('HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n', 5)],
]
test.each(phases)(
  'an abort while %s are awaited gives the very reason, and frees the connection',
  async (_, fault) => {
    let isClosed = false
    const { url, requests } = await faultServer((socket, request) => {
      socket.once('close', () => {
        isClosed = true
      })
      fault(socket, request)
    })
    const events: ClientEvent[] = []
    const controller = new AbortController()
    const runapi = new RunApiClient({
      apiKey: 'test-key',
      baseUrl: url,
      logLevel: 'off',
      onEvent: (event) => events.push(event),
    })
    const promise = runapi.luma.modifyVideo(params, { signal: controller.signal })
    const rejected = rejection(promise)
    await until(() => requests.length === 1)
    controller.abort(reason)
    expect(await rejected).toBe(reason)
    await until(() => isClosed)
    expect(events.at(-1)).toEqual({
      type: 'task',
      outcome: 'unknown',
      endpoint: 'luma.modifyVideo',
      idempotencyKey: promise.idempotencyKey,
      elapsedMs: expect.any(Number),
      error: 'aborted',
    })
  },
)

test('an abort while TLS shakes hands gives the very reason', async () => {
  let isConnected = false
  const { url } = await faultServer(staysSilent, {
    onConnect: () => {
      isConnected = true
      return true
    },
  })
  const controller = new AbortController()
  const baseUrl = url.replace('http:', 'https:')
  const runapi = new RunApiClient({ apiKey: 'test-key', baseUrl, logLevel: 'off' })
  const rejected = rejection(runapi.luma.modifyVideo(params, { signal: controller.signal }))
  await until(() => isConnected)
  controller.abort(reason)
  expect(await rejected).toBe(reason)
})

test('an abort while the name is resolved gives the very reason', async () => {
  const controller = new AbortController()
  const runapi = new RunApiClient({ apiKey: 'test-key', baseUrl: 'https://nobody.invalid', logLevel: 'off' })
  const rejected = rejection(runapi.luma.modifyVideo(params, { signal: controller.signal }))
  await Promise.resolve()
  controller.abort(reason)
  expect(await rejected).toBe(reason)
})

test('an abort between two attempts gives the very reason and sends nothing more', async () => {
  const controller = new AbortController()
  const { runapi, sent, clock } = scriptedClient(answers(503, '', { 'retry-after': '50' }))
  const rejected = rejection(runapi.luma.modifyVideo(params, { signal: controller.signal }))
  await clock.sleep(10_000)
  controller.abort(reason)
  expect(await rejected).toBe(reason)
  expect(clock.monotonic()).toBe(10_000)
  await clock.sleep(100_000)
  expect(sent).toHaveLength(1)
})

test('a signal that is aborted before the call sends nothing', async () => {
  const { runapi, sent } = scriptedClient(created)
  expect(await rejection(runapi.luma.modifyVideo(params, { signal: AbortSignal.abort(reason) }))).toBe(reason)
  expect(sent).toEqual([])
})

test('a reason that is an error of ours is not wrapped or copied', async () => {
  for (const ours of [new ServerError('503', { status: 503 }), undefined, null, 'text']) {
    const controller = new AbortController()
    const step: Step = (init) => {
      controller.abort(ours)
      return stalls(init)
    }
    const { runapi } = scriptedClient(step)
    const rejected = await rejection(runapi.luma.modifyVideo(params, { signal: controller.signal }))
    expect(rejected).toBe(controller.signal.reason)
  }
})

test('an abort ends a call at once where fetch ignores the signal', async () => {
  const controller = new AbortController()
  const { runapi, clock } = scriptedClient(isDeaf)
  const rejected = rejection(runapi.luma.modifyVideo(params, { signal: controller.signal }))
  await clock.sleep(1_000)
  controller.abort(reason)
  expect(await rejected).toBe(reason)
  expect(clock.monotonic()).toBe(1_000)
})

test('an abort while the key is fetched sends nothing, also when the key comes later', async () => {
  const controller = new AbortController()
  const events: string[] = []
  let give: (key: string) => void = () => {}
  const { runapi, sent, clock } = scriptedClient(created, {
    apiKey: () => new Promise((resolve) => (give = resolve)),
    onEvent: ({ type }) => events.push(type),
  })
  const rejected = rejection(runapi.luma.modifyVideo(params, { signal: controller.signal }))
  await clock.sleep(1_000)
  controller.abort(reason)
  expect(await rejected).toBe(reason)
  give('late-key')
  await clock.sleep(1_000)
  expect(sent).toEqual([])
  expect(events).toEqual(['request', 'response', 'task'])
})

test('closing the client ends a create with its key, and later calls at once', async () => {
  const { runapi, sent, clock } = scriptedClient(stalls)
  const promise = runapi.luma.modifyVideo(params)
  const rejected = rejection(promise)
  await clock.sleep(1_000)
  await runapi.close()
  expect(await rejected).toMatchObject({ code: 'client_closed', idempotencyKey: promise.idempotencyKey })
  expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({ code: 'client_closed' })
  expect(sent).toHaveLength(1)
})
