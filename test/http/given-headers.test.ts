import { RunApiClient } from 'runapi-video'
import { expect, test } from 'vitest'
import { created, params, rejection, scriptedClient } from '../support/scripted-fetch'

test('an Idempotency-Key among the headers, in any case and container, is the key, and goes out once', async () => {
  for (const headers of [
    { 'Idempotency-Key': 'from-header' },
    { 'IDEMPOTENCY-KEY': 'from-header' },
    new Headers({ 'idempotency-key': 'from-header' }),
    new Map([['Idempotency-Key', 'from-header']]) as unknown as Headers,
  ]) {
    const { runapi, sent } = scriptedClient(created)
    const promise = runapi.luma.modifyVideo(params, { headers })
    expect(promise.idempotencyKey).toBe('from-header')
    expect((await promise).idempotencyKey).toBe('from-header')
    expect(sent[0]?.headers.get('idempotency-key')).toBe('from-header')
  }
})

test('the option wins over the header', async () => {
  const { runapi, sent } = scriptedClient(created)
  const headers = { 'Idempotency-Key': 'from-header' }
  await runapi.luma.modifyVideo(params, { headers, idempotencyKey: 'from-option' })
  expect(sent[0]?.headers.get('idempotency-key')).toBe('from-option')
})

test('a bad key among the headers is refused like the option', async () => {
  const { runapi, sent } = scriptedClient(created)
  const headers = { 'Idempotency-Key': 'x'.repeat(513) }
  const error = await rejection(runapi.luma.modifyVideo(params, { headers }))
  expect(sent).toEqual([])
  expect(error.message).toContain('idempotencyKey')
})

test('an Idempotency-Key for a whole client is refused: it names one purchase', () => {
  expect(() => new RunApiClient({ headers: { 'idempotency-KEY': 'order-17' } })).toThrow(
    'pass it to the call',
  )
})

test('an Authorization among the headers replaces ours, and goes out once', async () => {
  for (const headers of [{ AUTHORIZATION: 'Basic abc' }, new Headers({ authorization: 'Basic abc' })]) {
    const forClient = scriptedClient(created, { headers })
    await forClient.runapi.luma.modifyVideo(params)
    const forCall = scriptedClient(created)
    await forCall.runapi.luma.modifyVideo(params, { headers })
    for (const { sent } of [forClient, forCall])
      expect(sent[0]?.headers.get('authorization')).toBe('Basic abc')
  }
})

test("a call's headers win over the client's, without regard to case", async () => {
  const { runapi, sent } = scriptedClient(created, { headers: { 'X-Team': 'a', 'X-Kept': '1' } })
  await runapi.luma.modifyVideo(params, { headers: { 'x-TEAM': 'b' } })
  expect(sent[0]?.headers.get('x-team')).toBe('b')
  expect(sent[0]?.headers.get('x-kept')).toBe('1')
})

test('a polluted prototype adds no header, no key and no body', async () => {
  const polluted = {
    authorization: 'Bearer canary',
    'idempotency-key': 'canary',
    json: 'canary',
    headers: { x: 'canary' },
  }
  const prototype = Object.prototype as Record<string, unknown>
  const { runapi, sent } = scriptedClient(created)
  Object.assign(prototype, polluted)
  try {
    await runapi.luma.modifyVideo(params, { idempotencyKey: 'order-17' })
    await runapi.task('luma.modifyVideo', 'tsk_abc123').poll()
  } finally {
    for (const name of Object.keys(polluted)) delete prototype[name]
  }
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer test-key',
    'Bearer test-key',
  ])
  expect(sent.map(({ headers }) => headers.get('idempotency-key'))).toEqual(['order-17', null])
  expect(JSON.stringify(sent.map(({ headers, body }) => [...headers, body]))).not.toContain('canary')
})

test('headers of one call and a rotated key do not stay for the next call', async () => {
  const keys = ['key-1', 'key-2', 'key-1']
  const { runapi, sent } = scriptedClient(created, { apiKey: () => keys.shift() ?? 'none' })
  await runapi.luma.modifyVideo(params, { headers: { 'x-once': 'yes' } })
  await runapi.luma.modifyVideo(params, { headers: { authorization: 'Bearer own' } })
  await runapi.luma.modifyVideo(params)
  await runapi.task('luma.modifyVideo', 'tsk_abc123').poll()
  const seen = sent.map(({ headers }) => [
    headers.get('authorization'),
    headers.get('x-once'),
    headers.get('content-type'),
  ])
  const json = 'application/json'
  expect(seen).toEqual([
    ['Bearer key-1', 'yes', json],
    ['Bearer own', null, json],
    ['Bearer key-2', null, json],
    ['Bearer key-1', null, null],
  ])
})
