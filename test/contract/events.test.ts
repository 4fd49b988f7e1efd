import type { ClientEvent, RunApiClientOptions } from 'runapi-video'
import { expect, test } from 'vitest'
import {
  answers,
  COMPLETED,
  completed,
  created,
  lost,
  params,
  rejection,
  type Step,
  scriptedClient,
} from '../support/scripted-fetch'

const watch = (steps: readonly Step[], options: RunApiClientOptions = {}) => {
  const events: ClientEvent[] = []
  return { events, ...scriptedClient(steps, { onEvent: (event) => events.push(event), ...options }) }
}

test('a create that is retried and a wait tell their story in order', async () => {
  const busy = answers(503, '', { 'x-request-id': 'req-1', 'retry-after': '3' })
  const done = answers(200, COMPLETED, { 'x-request-id': 'req-2' })
  const { events, runapi } = watch([busy, created, done])
  const promise = runapi.luma.modifyVideo(params, { idempotencyKey: 'order-17' })
  await promise.wait()
  const request = {
    operation: 'luma.modifyVideo create',
    method: 'POST',
    url: 'https://runapi.ai/api/v1/luma/modify_video',
    idempotencyKey: 'order-17',
  }
  const poll = {
    operation: 'luma.modifyVideo status',
    method: 'GET',
    url: 'https://runapi.ai/api/v1/luma/modify_video/tsk_abc123',
    attempt: 0,
  }
  const task = { endpoint: 'luma.modifyVideo', taskId: 'tsk_abc123' }
  const durationMs = expect.any(Number)
  expect(events).toEqual([
    { type: 'request', ...request, attempt: 0 },
    {
      type: 'response',
      ...request,
      attempt: 0,
      durationMs,
      status: 503,
      error: 'server',
      requestId: 'req-1',
    },
    { type: 'retry', ...request, attempt: 0, delayMs: expect.any(Number), error: 'server', status: 503 },
    { type: 'request', ...request, attempt: 1 },
    { type: 'response', ...request, attempt: 1, durationMs, status: 200 },
    {
      type: 'task',
      outcome: 'created',
      ...task,
      idempotencyKey: 'order-17',
      elapsedMs: expect.any(Number),
      model: 'luma-modify-video',
    },
    { type: 'request', ...poll },
    { type: 'response', ...poll, durationMs, status: 200, requestId: 'req-2' },
    { type: 'poll', ...task, ageMs: expect.any(Number), status: 'completed', requestId: 'req-2' },
    {
      type: 'wait',
      ...task,
      model: 'luma-modify-video',
      outcome: 'completed',
      elapsedMs: expect.any(Number),
      polls: 1,
    },
  ])
})

test('a replayed create and an unknown one are told apart', async () => {
  const replayed = watch([answers(200, { id: 'tsk_1', task_replayed: true })])
  await replayed.runapi.luma.modifyVideo(params)
  expect(replayed.events.at(-1)).toMatchObject({ type: 'task', outcome: 'replayed', taskId: 'tsk_1' })
  const unknown = watch([lost], { maxRetries: 0 })
  const promise = unknown.runapi.luma.modifyVideo(params)
  await rejection(promise)
  expect(unknown.events.at(-1)).toEqual({
    type: 'task',
    outcome: 'unknown',
    endpoint: 'luma.modifyVideo',
    idempotencyKey: promise.idempotencyKey,
    elapsedMs: expect.any(Number),
    error: 'unknown_outcome',
  })
})

test('a create that buys nothing ends with its error, also before anything is sent', async () => {
  const refused = watch([answers(402, { error: 'No credits' }, { 'x-request-id': 'req-1' })])
  await rejection(refused.runapi.luma.modifyVideo(params, { idempotencyKey: 'order-17' }))
  const end = { type: 'task', outcome: 'not_created', endpoint: 'luma.modifyVideo' }
  expect(refused.events.at(-1)).toEqual({
    ...end,
    idempotencyKey: 'order-17',
    elapsedMs: expect.any(Number),
    error: 'insufficient_credits',
    requestId: 'req-1',
  })

  const invalid = watch([created])
  await rejection(invalid.runapi.luma.modifyVideo({ ...params, prompt: ' ' }))
  expect(invalid.events).toEqual([expect.objectContaining({ ...end, error: 'validation' })])

  const aborted = watch([created])
  await rejection(aborted.runapi.luma.modifyVideo(params, { signal: AbortSignal.abort() }))
  expect(aborted.events).toEqual([expect.objectContaining({ ...end, error: 'aborted' })])
})

test('the time of a create covers its attempts and the delays between them', async () => {
  const { events, runapi, sent } = watch([answers(503, ''), answers(503, ''), created])
  await runapi.luma.modifyVideo(params)
  const passed = (sent[2]?.atMs ?? 0) - (sent[0]?.atMs ?? 0)
  expect(events.at(-1)).toMatchObject({ elapsedMs: expect.closeTo(passed, 3) })
})

test('a poll that fails tells the request id of its answer', async () => {
  const busy = answers(503, '', { 'x-request-id': 'req-3' })
  const { events, runapi } = watch([created, busy, completed])
  await runapi.luma.modifyVideo(params).wait()
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'poll', error: 'server', requestId: 'req-3' }),
  )
})

test('the delay that a retry announces is the one that passes', async () => {
  const { events, runapi, sent } = watch([answers(503, ''), answers(503, ''), created])
  await runapi.luma.modifyVideo(params)
  const announced = events.flatMap((event) => (event.type === 'retry' ? [event.delayMs] : []))
  const passed = sent.slice(1).map(({ atMs }, index) => atMs - (sent[index]?.atMs ?? 0))
  expect(passed).toEqual(announced.map((delayMs) => expect.closeTo(delayMs, 3)))
})

test("a status place's query is in no event", async () => {
  const { events, runapi } = watch([
    answers(202, { id: 'tsk_abc123' }, { location: '/api/v1/jobs/tsk_abc123?token=canary' }),
    completed,
  ])
  await runapi.luma.modifyVideo(params).wait()
  expect(JSON.stringify(events)).toContain('/api/v1/jobs/tsk_abc123')
  expect(JSON.stringify(events)).not.toContain('canary')
})
