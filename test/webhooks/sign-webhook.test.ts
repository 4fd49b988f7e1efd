import { expect, test } from 'vitest'
import { ConfigurationError, signWebhook } from '../../src/webhooks'
import { BODY, ID, rejection, SECRET, TIMESTAMP } from './delivery'

test('a signature does not change from release to release', async () => {
  // Made with OpenSSL: printf … | openssl dgst -sha256 -mac HMAC -macopt hexkey:… -binary | base64
  expect(await signWebhook('{"id":"tsk_1"}', 'c2VjcmV0', { id: 'a', timestamp: 1 })).toEqual({
    'x-callback-id': 'a',
    'x-callback-timestamp': '1',
    'x-callback-signature': 'hNKrPPlhwPN8CoSBKpTJGQ8owMSqIvKA4PPDYnh0mXg=',
  })
})

test('id and time are made up when none are given', async () => {
  const before = Math.floor(Date.now() / 1000)
  const one = await signWebhook(BODY, SECRET)
  const two = await signWebhook(BODY, SECRET)
  expect(one['x-callback-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(two['x-callback-id']).not.toBe(one['x-callback-id'])
  expect(Number(one['x-callback-timestamp']) - before).toBeOneOf([0, 1, 2])
})

test('what no verifier would take is refused', async () => {
  for (const options of [
    { id: '' },
    { id: 'a.b' },
    { id: 'a b' },
    { timestamp: -1 },
    { timestamp: 1.5 },
    { timestamp: 1e12 },
  ])
    expect(await rejection(signWebhook(BODY, SECRET, options))).toBeInstanceOf(ConfigurationError)
  for (const secret of ['', 'not base64!', undefined, 7])
    expect(await rejection(signWebhook(BODY, secret as string, { id: ID }))).toBeInstanceOf(
      ConfigurationError,
    )
  const parsed = await rejection(signWebhook(JSON.parse(BODY), SECRET, { timestamp: TIMESTAMP }))
  expect(parsed).toMatchObject({ reason: 'bad_body' })
})
