import { expect, test } from 'vitest'
import { signWebhook, verifyWebhook } from '../../src/webhooks'
import { BODY, ID, NOW, reasonOf, rejection, SECRET, TIMESTAMP } from './delivery'

const headers = await signWebhook(BODY, SECRET, { id: ID, timestamp: TIMESTAMP })
const signature = headers['x-callback-signature']
const verify = (given: object) => verifyWebhook(BODY, given as Record<string, string>, SECRET, { now: NOW })

test('the headers may be a Headers, a record in any case, or Node’s lists', async () => {
  const id = ID
  const timestamp = String(TIMESTAMP)
  for (const given of [
    new Headers({ ...headers }),
    { 'X-Callback-Id': id, 'X-Callback-Timestamp': timestamp, 'X-Callback-Signature': signature },
    { 'X-CALLBACK-ID': [id], 'x-callback-timestamp': [timestamp], 'X-callback-signature': [signature] },
    { ...headers, cookie: undefined, 'set-cookie': ['a', 'b'] },
    Object.assign(Object.create(null), headers),
    new Map(Object.entries(headers)),
  ])
    expect((await verify(given)).id).toBe(ID)
})

test('one signature of several is enough, with or without the v1 prefix', async () => {
  const wrong = btoa('x'.repeat(32))
  for (const given of [
    `v1,${signature}`,
    `${wrong} ${signature}`,
    `v1,${wrong} v1,${signature}`,
    `v1a,${wrong} v1,${signature}`,
    [wrong, signature],
    [signature, wrong],
    [`v1,${wrong}`, `v1,${signature}`],
  ])
    expect((await verify({ ...headers, 'x-callback-signature': given })).id).toBe(ID)
})

test('repeated signature headers of a Headers are several signatures', async () => {
  const given = new Headers({ ...headers, 'x-callback-signature': btoa('x'.repeat(32)) })
  given.append('x-callback-signature', signature)
  expect((await verify(given)).id).toBe(ID)
})

test('a header that is missing or blank is named', async () => {
  for (const name of Object.keys(headers)) {
    for (const value of [undefined, '', '  ', [], [''], 7, null, {}]) {
      const error = await rejection(verify({ ...headers, [name]: value }))
      expect(error).toMatchObject({
        reason: 'missing_header',
        message: expect.stringContaining(`${name} is missing`),
      })
    }
  }
  for (const given of [undefined, null, 'x', 7, [], {}, ['x-callback-id', ID]]) {
    const pending = verifyWebhook(BODY, given as unknown as Headers, SECRET, { now: NOW })
    expect(await reasonOf(pending)).toBe('missing_header')
  }
})

test('an id that could shift what is signed, or is not a token, is malformed', async () => {
  for (const id of ['a.b', 'a b', 'é', 'a\u0000', 'x'.repeat(257), `${ID}, ${ID}`]) {
    expect(await reasonOf(verify({ ...headers, 'x-callback-id': id }))).toBe('missing_header')
  }
})

test('a timestamp that is not 1 to 12 digits is bad', async () => {
  for (const timestamp of [
    '-1',
    '+1790000000',
    '1.79e9',
    '1790000000.0',
    ' 1790000000',
    '0x6ab13b00',
    '١٧٩',
    '1'.repeat(13),
    'NaN',
    'Infinity',
    '1790000000, 1790000000',
    `${'9'.repeat(400)}`,
    '2026-09-21T14:13:20Z',
  ]) {
    expect(await reasonOf(verify({ ...headers, 'x-callback-timestamp': timestamp }))).toBe('bad_timestamp')
  }
})

test('a signature in another form does not match', async () => {
  const bytes = Uint8Array.from(atob(signature), (char) => char.charCodeAt(0))
  const hex = Buffer.from(bytes).toString('hex')
  for (const given of [
    hex,
    signature.slice(0, -1),
    `${signature}=`,
    signature.slice(4),
    `v2,${signature}`,
    `sha256=${signature}`,
    btoa(String.fromCharCode(...bytes.subarray(0, 31))),
    btoa(String.fromCharCode(...bytes, 0)),
    'AAAA',
    '=',
    ',',
    'v1,',
  ])
    expect(await reasonOf(verify({ ...headers, 'x-callback-signature': given }))).toBe('no_match')
})
