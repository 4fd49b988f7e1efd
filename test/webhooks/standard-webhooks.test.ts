import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { signWebhook, verifyWebhook } from '../../src/webhooks'
import { OTHER_SECRET, reasonOf, rejection, SECRET } from './delivery'

// The npm package `standardwebhooks` is the same construction under other header names, written by others.
const now = () => Math.floor(Date.now() / 1000)
const secrets = fc
  .uint8Array({ minLength: 1, maxLength: 80 })
  .map((key) => Buffer.from(key).toString('base64'))
const bodies = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json())
const tasks = fc
  .record({ id: fc.uuid(), status: fc.constant('failed'), error: fc.string({ unit: 'binary' }) })
  .map((task) => JSON.stringify(task))

test('what this library signs, the Standard Webhooks verify', async () => {
  await fc.assert(
    fc.asyncProperty(tasks, secrets, fc.uuid(), async (body, secret, id) => {
      const signed = await signWebhook(body, secret, { id })
      const read = new Webhook(secret).verify(body, {
        'webhook-id': signed['x-callback-id'],
        'webhook-timestamp': signed['x-callback-timestamp'],
        'webhook-signature': `v1,${signed['x-callback-signature']}`,
      })
      expect(read).toEqual(JSON.parse(body))
    }),
  )
})

test('what the Standard Webhooks sign, this library verifies, with and without the prefix', async () => {
  await fc.assert(
    fc.asyncProperty(tasks, secrets, fc.uuid(), fc.boolean(), async (body, secret, id, prefixed) => {
      const timestamp = now()
      const signature = new Webhook(secret).sign(id, new Date(timestamp * 1000), body)
      const headers = {
        'X-Callback-Id': id,
        'X-Callback-Timestamp': String(timestamp),
        'X-Callback-Signature': prefixed ? signature : signature.slice(3),
      }
      const event = await verifyWebhook(body, headers, [OTHER_SECRET, `whsec_${secret}`])
      expect(event).toMatchObject({ id, taskId: JSON.parse(body).id })
    }),
  )
})

test('both make the same signature over any text', async () => {
  await fc.assert(
    fc.asyncProperty(bodies, secrets, fc.uuid(), fc.nat(), async (body, secret, id, timestamp) => {
      const signed = await signWebhook(body, secret, { id, timestamp })
      const theirs = new Webhook(secret).sign(id, new Date(timestamp * 1000), body)
      expect(`v1,${signed['x-callback-signature']}`).toBe(theirs)
    }),
  )
})

test('a change of one character in id, timestamp or body, or another secret, does not match', async () => {
  const change = (text: string, at: number, by: number, from: string): string => {
    const index = at % text.length
    const position = from.indexOf(text[index] ?? '')
    const next = from[(position + 1 + (by % (from.length - 1))) % from.length]
    return `${text.slice(0, index)}${next}${text.slice(index + 1)}`
  }
  const hex = '0123456789abcdef'
  const fields = fc.constantFrom('id', 'timestamp', 'body', 'secret')
  await fc.assert(
    fc.asyncProperty(tasks, fields, fc.nat(), fc.nat(), async (body, field, at, by) => {
      const timestamp = now()
      const signed = await signWebhook(body, SECRET, { timestamp })
      const id = field === 'id' ? change(signed['x-callback-id'], at, by, hex) : signed['x-callback-id']
      // Only the last two digits, so that the change stays within the tolerance.
      const digits = String(timestamp)
      const sent =
        field === 'timestamp'
          ? `${digits.slice(0, -2)}${change(digits.slice(-2), at, by, hex.slice(0, 10))}`
          : digits
      const headers = { ...signed, 'x-callback-id': id, 'x-callback-timestamp': sent }
      const given = field === 'body' ? change(body, at, by, hex) : body
      const pending = verifyWebhook(given, headers, field === 'secret' ? OTHER_SECRET : SECRET)
      expect(await reasonOf(pending)).toBe('no_match')
    }),
    { numRuns: 300 },
  )
})

test('every single bit of a signature counts', async () => {
  const body = '{"id":"t","status":"failed"}'
  const signed = await signWebhook(body, SECRET)
  for (let bit = 0; bit < 256; bit++) {
    const bytes = Buffer.from(signed['x-callback-signature'], 'base64')
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const headers = { ...signed, 'x-callback-signature': bytes.toString('base64') }
    expect(await rejection(verifyWebhook(body, headers, SECRET))).toMatchObject({ reason: 'no_match' })
  }
})
