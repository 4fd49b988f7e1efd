import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { ConfigurationError, signWebhook, verifyWebhook, WebhookVerificationError } from '../../src/webhooks'
import { BODY, ID, NOW, OTHER_SECRET, reasonOf, rejection, SECRET, TIMESTAMP } from './delivery'

const headers = await signWebhook(BODY, SECRET, { id: ID, timestamp: TIMESTAMP })
const signature = headers['x-callback-signature']
const verify = (body: string | Uint8Array | ArrayBuffer = BODY, given: object = headers, secrets = SECRET) =>
  verifyWebhook(body, given as Record<string, string>, secrets, { now: NOW })

test('a signed delivery becomes an event of plain data', async () => {
  const event = await verify()
  expect(event).toEqual({
    id: ID,
    sentAt: '2026-09-21T14:13:20.000Z',
    taskId: 'tsk_abc123',
    task: {
      status: 'completed',
      rawStatus: 'completed',
      videos: [{ url: 'https://tempfile.runapi.ai/a.mp4' }],
      costUsd: 0.5,
      receivedAt: '2026-09-21T14:13:20.000Z',
      raw: JSON.parse(BODY),
    },
  })
  expect(JSON.parse(JSON.stringify(event))).toEqual(event)
})

test('the signature is the HMAC of id, timestamp and body under the decoded secret', async () => {
  const key = Buffer.from(SECRET, 'base64')
  expect(signature).toBe(createHmac('sha256', key).update(`${ID}.${TIMESTAMP}.${BODY}`).digest('base64'))
})

test('a failed generation is an event too', async () => {
  const body = '{"task_id":"tsk_1","status":"failed","error":"Generation failed"}'
  const event = await verify(body, await signWebhook(body, SECRET, { timestamp: TIMESTAMP }))
  expect(event.taskId).toBe('tsk_1')
  expect(event.task).toMatchObject({ status: 'failed', error: { message: 'Generation failed' } })
})

test('one secret of several is enough, wherever it stands', async () => {
  for (const secrets of [
    [SECRET, OTHER_SECRET],
    [OTHER_SECRET, SECRET],
  ])
    expect((await verifyWebhook(BODY, headers, secrets, { now: NOW })).id).toBe(ID)
  expect(await reasonOf(verifyWebhook(BODY, headers, [OTHER_SECRET], { now: NOW }))).toBe('no_match')
})

test('a timestamp exactly at the tolerance passes, one beyond it is stale', async () => {
  const at = (now: number | Date, toleranceSeconds?: number) =>
    verifyWebhook(BODY, headers, SECRET, { now, toleranceSeconds })
  for (const now of [NOW - 300_000, NOW + 300_000, new Date(NOW + 300_000)])
    expect((await at(now)).id).toBe(ID)
  for (const now of [NOW - 300_001, NOW + 300_001, new Date(NOW + 301_000)])
    expect(await reasonOf(at(now))).toBe('stale')
  expect((await at(NOW + 3_600_000, 3600)).id).toBe(ID)
  expect(await reasonOf(at(NOW + 1, 0))).toBe('stale')
  expect((await at(NOW, 0)).id).toBe(ID)
})

test('the time compared with is the system’s when none is given', async () => {
  expect((await verifyWebhook(BODY, await signWebhook(BODY, SECRET), SECRET)).taskId).toBe('tsk_abc123')
  const old = await signWebhook(BODY, SECRET, { timestamp: Math.floor(Date.now() / 1000) - 302 })
  expect(await reasonOf(verifyWebhook(BODY, old, SECRET))).toBe('stale')
})

test('headers are checked before the timestamp, the timestamp before the signature, the signature before the body', async () => {
  const bad = { 'x-callback-id': ID, 'x-callback-timestamp': '1', 'x-callback-signature': 'nonsense' }
  expect(await reasonOf(verify('no json', { ...bad, 'x-callback-id': '' }))).toBe('missing_header')
  expect(await reasonOf(verify('no json', { ...bad, 'x-callback-timestamp': 'x' }))).toBe('bad_timestamp')
  expect(await reasonOf(verify('no json', bad))).toBe('stale')
  expect(await reasonOf(verify('no json', { ...bad, 'x-callback-timestamp': `${TIMESTAMP}` }))).toBe(
    'no_match',
  )
  expect(
    await reasonOf(verify('no json', await signWebhook('no json', SECRET, { timestamp: TIMESTAMP }))),
  ).toBe('bad_body')
})

test('a wrong secret or option is a ConfigurationError, whatever the request holds', async () => {
  const wrong: unknown[] = [
    undefined,
    null,
    '',
    '  ',
    'whsec_',
    [],
    [''],
    [SECRET, undefined],
    7,
    {},
    'not base64!',
    'a',
    'YQ===',
  ]
  for (const secrets of wrong) {
    const error = await rejection(verifyWebhook('', {}, secrets as string))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toContain('webhook secret')
  }
  for (const options of [
    { toleranceSeconds: Number.NaN },
    { toleranceSeconds: -1 },
    { now: new Date('x') },
    { now: 1e16 },
  ])
    expect(await rejection(verifyWebhook(BODY, headers, SECRET, options))).toBeInstanceOf(ConfigurationError)
})

test('a secret may carry the whsec_ prefix, surrounding space, or no padding', async () => {
  for (const secret of [`whsec_${SECRET}`, ` ${SECRET}\n`, SECRET.replace(/=+$/, '')])
    expect((await verify(BODY, headers, secret)).id).toBe(ID)
})

test('fields of a polluted prototype are neither a header nor an option', async () => {
  const proto = Object.prototype as unknown as Record<string, unknown>
  const polluted = { ...headers, toleranceSeconds: 1e9, now: NOW }
  try {
    Object.assign(proto, polluted)
    expect(await reasonOf(verifyWebhook(BODY, {}, SECRET, { now: NOW }))).toBe('missing_header')
    const old = await signWebhook(BODY, SECRET, { id: ID, timestamp: 1_000_000_000 })
    expect(await reasonOf(verifyWebhook(BODY, old, SECRET))).toBe('stale')
  } finally {
    for (const name of Object.keys(polluted)) delete proto[name]
  }
})

test('the error says which it is in code, reason, name and JSON', async () => {
  const error = await rejection(verify(BODY, {}))
  expect(error).toBeInstanceOf(WebhookVerificationError)
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: 'WebhookVerificationError',
    code: 'webhook_verification',
    reason: 'missing_header',
    message: "x-callback-id is missing: pass the request's headers as they came",
    retryable: false,
  })
})
