import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { signWebhook, verifyWebhook } from '../../src/webhooks'
import { BODY, ID, NOW, reasonOf, rejection, SECRET, TIMESTAMP } from './delivery'

const headers = await signWebhook(BODY, SECRET, { id: ID, timestamp: TIMESTAMP })
const verify = (body: string | Uint8Array | ArrayBuffer, given = headers) =>
  verifyWebhook(body, given, SECRET, { now: NOW })

test('the body may be text, bytes, a view into a larger buffer or a buffer', async () => {
  const bytes = new TextEncoder().encode(BODY)
  const larger = new Uint8Array(bytes.length + 20)
  larger.set(bytes, 7)
  const bodies = [BODY, bytes, bytes.buffer, Buffer.from(BODY), larger.subarray(7, 7 + bytes.length)]
  for (const body of bodies) expect((await verify(body)).taskId).toBe('tsk_abc123')
})

test('a signed body that holds no task is refused, and the message quotes nothing of it', async () => {
  for (const body of [
    '',
    'null',
    '[]',
    '"tsk"',
    '7',
    '{',
    '{}',
    '{"id":"leaked"}',
    '{"status":"completed","id":"leaked"}',
    '{"status":"failed"}',
    '{"id":" ","status":"failed"}',
    'leaked',
    '{"id":"leaked","status":"completed","videos":[{"url":"javascript:leaked"}]}',
    '['.repeat(500_000),
    `${'{"a":'.repeat(100_000)}`,
  ]) {
    const error = await rejection(verify(body, await signWebhook(body, SECRET, { timestamp: TIMESTAMP })))
    expect(error).toMatchObject({ reason: 'bad_body' })
    expect(error.message).not.toContain('leaked')
    expect(error.cause).toBeUndefined()
  }
})

test('a body that is not UTF-8 is hashed as it came, and refused for not being text', async () => {
  const body = new Uint8Array([0x22, 0xff, 0xfe, 0x22])
  const signed = await signWebhook(body, SECRET, { timestamp: TIMESTAMP })
  const expected = createHmac('sha256', Buffer.from(SECRET, 'base64'))
    .update(`${signed['x-callback-id']}.${TIMESTAMP}.`)
    .update(body)
    .digest('base64')
  expect(signed['x-callback-signature']).toBe(expected)
  expect(await reasonOf(verify(body, signed))).toBe('bad_body')

  const readable = new Uint8Array(Buffer.from('{"id":"t\xff","status":"failed"}', 'latin1'))
  expect(
    await reasonOf(verify(readable, await signWebhook(readable, SECRET, { timestamp: TIMESTAMP }))),
  ).toBe('bad_body')
})

test('a parsed body is refused with the way to get the raw one', async () => {
  for (const body of [JSON.parse(BODY), null, undefined, 7, [BODY], new Blob([BODY])]) {
    const error = await rejection(verifyWebhook(body, headers, SECRET, { now: NOW }))
    expect(error).toMatchObject({
      reason: 'bad_body',
      message: expect.stringContaining('await request.text()'),
    })
  }
})

test('a body above one mebibyte is refused before it is hashed', async () => {
  const mebibyte = 2 ** 20
  for (const body of ['x'.repeat(mebibyte + 1), 'é'.repeat(mebibyte / 2 + 1), new Uint8Array(mebibyte + 1)])
    expect(await reasonOf(verify(body))).toBe('bad_body')
  for (const body of ['x'.repeat(mebibyte), 'é'.repeat(mebibyte / 2), new Uint8Array(mebibyte)])
    expect(await reasonOf(verify(body))).toBe('no_match')
})

test('bytes that change while they are checked are read as they were signed', async () => {
  const bytes = new TextEncoder().encode(BODY)
  const pending = verify(bytes)
  bytes.set(new TextEncoder().encode('{"id":"tsk_evil99"'))
  expect((await pending).taskId).toBe('tsk_abc123')
})

test('a result reader of an endpoint of your own reads its result', async () => {
  const body = '{"id":"t","status":"completed","images":["https://x.test/a.png"]}'
  const signed = await signWebhook(body, SECRET, { timestamp: TIMESTAMP })
  const event = await verifyWebhook(body, signed, SECRET, {
    now: NOW,
    result: (raw) => ({ images: raw.images as string[] }),
  })
  expect(event.task).toMatchObject({ status: 'completed', images: ['https://x.test/a.png'] })
  expect(await reasonOf(verify(body, signed))).toBe('bad_body')
})
