import { type ClientEvent, RequestTimeoutError } from 'runapi-video'
import { expect, test } from 'vitest'
import {
  answers,
  created,
  params,
  rejection,
  type Step,
  scriptedClient,
  stalls,
} from '../support/scripted-fetch'

test('no more requests are in flight than maxConnections allows', async () => {
  let inFlight = 0
  let most = 0
  const slow: Step = async (init) => {
    most = Math.max(most, ++inFlight)
    await clock.sleep(1_000)
    inFlight--
    return created(init)
  }
  const { runapi, clock } = scriptedClient(slow, { maxConnections: 3 })
  await Promise.all(Array.from({ length: 12 }, () => runapi.luma.modifyVideo(params)))
  expect(most).toBe(3)
  expect(clock.monotonic()).toBe(4_000)
})

test('the time in the queue does not count against the timeout of an attempt', async () => {
  const slow: Step = async (init) => {
    await clock.sleep(900)
    return created(init)
  }
  const { runapi, clock, sent } = scriptedClient(slow, { maxConnections: 1, timeoutMs: 1_000, maxRetries: 0 })
  const tasks = await Promise.all(Array.from({ length: 10 }, () => runapi.luma.modifyVideo(params)))
  expect(tasks).toHaveLength(10)
  expect(sent).toHaveLength(10)
  expect(clock.monotonic()).toBe(9_000)
})

test('a create that was aborted in the queue was never sent: no unknown outcome', async () => {
  const events: ClientEvent[] = []
  const controller = new AbortController()
  const { runapi, clock, sent } = scriptedClient(stalls, {
    maxConnections: 1,
    maxRetries: 0,
    onEvent: (event) => events.push(event),
  })
  const first = rejection(runapi.luma.modifyVideo(params, { timeoutMs: 5_000, idempotencyKey: 'first' }))
  const queued = rejection(
    runapi.luma.modifyVideo(params, { signal: controller.signal, idempotencyKey: 'queued' }),
  )
  await clock.sleep(1_000)
  controller.abort('enough')
  expect(await queued).toBe('enough')
  expect(await first).toMatchObject({ code: 'unknown_outcome', idempotencyKey: 'first' })
  expect(sent).toHaveLength(1)
  const ofQueued = events.filter((event) => 'idempotencyKey' in event && event.idempotencyKey === 'queued')
  expect(ofQueued).toMatchObject([{ type: 'task', outcome: 'not_created', error: 'aborted' }])
})

test('a place is given back when an attempt times out and its fetch goes on', async () => {
  const { runapi } = scriptedClient([() => new Promise(() => {}), created], {
    maxConnections: 1,
    timeoutMs: 1_000,
    maxRetries: 0,
  })
  const { cause } = await rejection(runapi.luma.modifyVideo(params))
  expect(cause).toBeInstanceOf(RequestTimeoutError)
  expect((await runapi.luma.modifyVideo(params)).id).toBe('tsk_abc123')
})

test('a place is not held between two attempts', async () => {
  const { runapi, clock } = scriptedClient([answers(503, '', { 'retry-after': '30' }), created], {
    maxConnections: 1,
  })
  const first = runapi.luma.modifyVideo(params)
  await runapi.luma.modifyVideo(params)
  expect(clock.monotonic()).toBeLessThan(30_000)
  await first
})
