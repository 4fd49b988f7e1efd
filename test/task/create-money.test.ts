import { type ClientEvent, RunApiError } from 'runapi-video'
import { expect, test } from 'vitest'
import {
  answers,
  created,
  lost,
  params,
  refused,
  rejection,
  type Step,
  scriptedClient,
  stalls,
} from '../support/scripted-fetch'

const watched = (steps: Step | readonly Step[], options: Parameters<typeof scriptedClient>[1] = {}) => {
  const events: ClientEvent[] = []
  const onEvent = (event: ClientEvent): void => void events.push(event)
  const scripted = scriptedClient(steps, { onEvent, ...options })
  return { ...scripted, said: () => events.filter(({ type }) => type === 'task').at(-1) }
}

test('one lost answer suffices with maxRetries 0, and the key was sent', async () => {
  const { runapi, sent, said } = watched(lost, { maxRetries: 0 })
  const creating = runapi.luma.modifyVideo(params)
  const error = await rejection(creating)
  expect(error).toMatchObject({ code: 'unknown_outcome', idempotencyKey: creating.idempotencyKey })
  expect(sent[0]?.headers.get('idempotency-key')).toBe(creating.idempotencyKey)
  expect(said()).toMatchObject({ outcome: 'unknown', idempotencyKey: creating.idempotencyKey })
})

test('a create whose retries end with the budget tells what its attempts may have done', async () => {
  const { runapi, sent, said } = watched(lost, { maxRetries: 1_000 })
  expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({ code: 'unknown_outcome' })
  expect(sent.length).toBeLessThan(150)
  expect(said()).toMatchObject({ outcome: 'unknown' })
})

test.each([
  ['a refused connection', refused, 'not_created'],
  ['a 429', answers(429, '', { 'retry-after': '5' }), 'not_created'],
  ['a lost answer', lost, 'unknown'],
  ['a 503', answers(503, '', { 'retry-after': '5' }), 'unknown'],
] as const)('closing the client in the pause after %s tells what is known', async (_, step, outcome) => {
  const events: ClientEvent[] = []
  const { runapi } = scriptedClient([step, created], {
    onEvent: (event) => {
      events.push(event)
      if (event.type === 'retry') queueMicrotask(() => void runapi.close())
    },
  })
  const creating = runapi.luma.modifyVideo(params)
  const { idempotencyKey } = creating
  expect(await rejection(creating)).toMatchObject({ code: 'client_closed', idempotencyKey })
  expect(events.at(-1)).toMatchObject({ type: 'task', outcome, idempotencyKey })
})

test('an abort after the request was sent gives the caller’s reason, and the event says unknown with the key', async () => {
  const { runapi, said, clock } = watched(stalls)
  const controller = new AbortController()
  const creating = runapi.luma.modifyVideo(params, { signal: controller.signal })
  const error = rejection(creating)
  await clock.sleep(1_000)
  const reason = new Error('enough')
  controller.abort(reason)
  expect(await error).toBe(reason)
  expect(said()).toMatchObject({
    outcome: 'unknown',
    error: 'aborted',
    idempotencyKey: creating.idempotencyKey,
  })
})

test('an abort before anything was sent says that nothing was bought', async () => {
  const { runapi, said, sent } = watched(created)
  await rejection(runapi.luma.modifyVideo(params, { signal: AbortSignal.abort(new Error('enough')) }))
  expect(sent).toHaveLength(0)
  expect(said()).toMatchObject({ outcome: 'not_created', error: 'aborted' })
})

test.each([
  ['a success of more than 8 MiB', () => new Response(' '.repeat(9 * 1024 * 1024)), 'malformed_response'],
  ['a 503 of more than 8 MiB', () => new Response(' '.repeat(9 * 1024 * 1024), { status: 503 }), 'server'],
  [
    'a status beyond 599',
    () =>
      ({
        status: 620,
        headers: new Headers(),
        body: null,
        arrayBuffer: async () => new ArrayBuffer(0),
      }) as Response,
    'unknown_outcome',
  ],
] as const)('%s may have bought', async (_, step, code) => {
  const { runapi, said } = watched(step, { maxRetries: 0 })
  expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({ code })
  expect(said()).toMatchObject({ outcome: 'unknown' })
})

test('a 402 of more than 8 MiB bought nothing', async () => {
  const { runapi, said } = watched(() => new Response(' '.repeat(9 * 1024 * 1024), { status: 402 }))
  expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({ code: 'insufficient_credits' })
  expect(said()).toMatchObject({ outcome: 'not_created' })
})

test('the last error is the cause of an unknown outcome', async () => {
  const { runapi } = watched([
    answers(503, ''),
    answers(402, { error: 'No credits' }, { 'x-request-id': 'req_2' }),
  ])
  const error = await rejection(runapi.luma.modifyVideo(params))
  expect(error).toMatchObject({
    code: 'unknown_outcome',
    requestId: 'req_2',
    cause: { code: 'insufficient_credits' },
  })
  expect(RunApiError.is(error.cause)).toBe(true)
})
