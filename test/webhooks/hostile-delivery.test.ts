import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseWebhook, signWebhook, verifyWebhook, WebhookVerificationError } from '../../src/webhooks'
import { BODY, ID, NOW, OTHER_SECRET, reasonOf, rejection, SECRET, TIMESTAMP } from './delivery'

const headers = await signWebhook(BODY, SECRET, { id: ID, timestamp: TIMESTAMP })
const verify = (body: unknown, given: unknown) =>
  verifyWebhook(body as string, given as Headers, [SECRET, OTHER_SECRET], { now: NOW })

// Anything, or something near a good delivery, so that every check is reached.
const anything = fc.anything({
  withNullPrototype: true,
  withBigInt: true,
  withTypedArray: true,
  withSparseArray: true,
})
const near = <T>(good: T) => fc.oneof(fc.constant(good), anything, fc.string({ unit: 'binary' }))
const nearHeaders = fc.oneof(
  anything,
  fc.array(fc.tuple(anything, anything)),
  fc.record(
    {
      'x-callback-id': near(ID),
      'x-callback-timestamp': near(String(TIMESTAMP)),
      'x-callback-signature': near(headers['x-callback-signature']),
    },
    { requiredKeys: [], noNullPrototype: false },
  ),
)

test('whatever a request holds, the only error is a WebhookVerificationError', async () => {
  await fc.assert(
    fc.asyncProperty(near(BODY), nearHeaders, async (body, given) => {
      const outcome = await verify(body, given).catch((error: unknown) => error)
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(WebhookVerificationError)
      else expect(outcome).toMatchObject({ id: ID, taskId: 'tsk_abc123' })
    }),
    { numRuns: 2000 },
  )
})

test('whatever a signed body holds, the only error is a WebhookVerificationError', async () => {
  const fields = fc.constantFrom(
    'id',
    'task_id',
    'status',
    'videos',
    'error',
    'usage',
    'data',
    'billing',
    '__proto__',
  )
  const words = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('completed', 'failed', 'x'),
    fc.constant([{ url: 'https://x.test' }]),
  )
  const bodies = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.dictionary(fields, words).map((body) => JSON.stringify(body)),
    fc.uint8Array(),
  )
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const signed = await signWebhook(body, SECRET, { timestamp: TIMESTAMP })
      const outcome = await verify(body, signed).catch((error: unknown) => error)
      if (outcome instanceof Error)
        expect(outcome).toMatchObject({ name: 'WebhookVerificationError', reason: 'bad_body' })
      else
        expect(outcome).toMatchObject({
          taskId: expect.stringMatching(/\S/),
          task: { status: expect.any(String) },
        })
    }),
    { numRuns: 500 },
  )
})

test('whatever an unsigned body holds, the only error is a WebhookVerificationError', () => {
  fc.assert(
    fc.property(fc.oneof(anything, fc.json()), (body) => {
      try {
        expect(parseWebhook(body as string).taskId).toMatch(/\S/)
      } catch (error) {
        expect(error).toBeInstanceOf(WebhookVerificationError)
      }
    }),
    { numRuns: 500 },
  )
})

test('at most eight signatures are considered', async () => {
  const good = headers['x-callback-signature']
  const wrong = Array<string>(10_000).fill(btoa('x'.repeat(32)))
  const at = (index: number) => {
    const signatures = [...wrong.slice(0, index), good, ...wrong.slice(index)]
    return verify(BODY, { ...headers, 'x-callback-signature': signatures.join(' ') })
  }
  expect((await at(7)).id).toBe(ID)
  expect(await reasonOf(at(8))).toBe('no_match')
})

test('ten thousand signatures over the largest body cost no more than eight', async () => {
  const body = new Uint8Array(2 ** 20)
  const given = (count: number) => ({
    ...headers,
    'x-callback-signature': Array(count)
      .fill(btoa('x'.repeat(32)))
      .join(' '),
  })
  const hashed: number[] = []
  const { subtle } = globalThis.crypto
  const verifyBytes = subtle.verify
  subtle.verify = (...args: Parameters<typeof verifyBytes>) => {
    hashed.push(1)
    return verifyBytes.apply(subtle, args)
  }
  try {
    expect(await reasonOf(verify(body, given(10_000)))).toBe('no_match')
  } finally {
    subtle.verify = verifyBytes
  }
  expect(hashed).toHaveLength(8 * 2)
})

test('headers of a mebibyte are refused in their turn', async () => {
  const huge = 'x'.repeat(2 ** 20)
  expect(await reasonOf(verify(BODY, { ...headers, 'x-callback-id': huge }))).toBe('missing_header')
  expect(await reasonOf(verify(BODY, { ...headers, 'x-callback-timestamp': '1'.repeat(2 ** 20) }))).toBe(
    'bad_timestamp',
  )
  for (const signature of [
    huge,
    `${huge},`,
    ' '.repeat(2 ** 20).concat('x'),
    ','.repeat(2 ** 20),
    'A'.repeat(2 ** 20),
  ])
    expect(await reasonOf(verify(BODY, { ...headers, 'x-callback-signature': signature }))).toBe('no_match')
  const lists = { ...headers, 'x-callback-signature': Array(200_000).fill('x') }
  expect(await reasonOf(verify(BODY, lists))).toBe('no_match')
})

test('a header given twice with different values is no longer the signed one', async () => {
  expect(await reasonOf(verify(BODY, { ...headers, 'X-Callback-Id': 'other' }))).toBe('missing_header')
  expect(await reasonOf(verify(BODY, { ...headers, 'X-Callback-Timestamp': '1' }))).toBe('bad_timestamp')
})

test('a dot cannot be moved between id, timestamp and body', async () => {
  // The same bytes are signed: `a.1790000000.1790000000.{…}`.
  const body = `${TIMESTAMP}.${BODY}`
  const signed = await signWebhook(body, SECRET, { id: 'a', timestamp: TIMESTAMP })
  const moved = { ...signed, 'x-callback-id': `a.${TIMESTAMP}` }
  expect(await reasonOf(verify(BODY, moved))).toBe('missing_header')
})

test('a lone surrogate reads as what was signed', async () => {
  const body = '{"id":"\ud800","status":"failed","error":"\udc00"}'
  const signed = await signWebhook(body, SECRET, { timestamp: TIMESTAMP })
  expect((await verify(body, signed)).taskId).toBe('\ufffd')
})

test('JSON cannot name the task through a prototype', async () => {
  const body = '{"__proto__":{"id":"tsk_evil"},"status":"failed"}'
  expect(await reasonOf(verify(body, await signWebhook(body, SECRET, { timestamp: TIMESTAMP })))).toBe(
    'bad_body',
  )
})

test('no error shows a secret, a signature or the body', async () => {
  const key = atob(SECRET)
  const body = '{"id":"tsk_private","status":"unreadable?'
  const signed = await signWebhook(body, SECRET, { timestamp: TIMESTAMP })
  const errors = await Promise.all([
    rejection(verify(body, signed)),
    rejection(verify(body, { ...signed, 'x-callback-id': 'other' })),
    rejection(verify(body, { ...signed, 'x-callback-timestamp': 'x' })),
    rejection(verify(body, {})),
    rejection(verifyWebhook(body, signed, SECRET, { now: 0 })),
    rejection(verifyWebhook(body, signed, `${SECRET}!`, { now: NOW })),
    rejection(verifyWebhook(body, signed, [SECRET, `"${SECRET}"`], { now: NOW })),
    rejection(signWebhook(body, `${SECRET}!`)),
  ])
  for (const error of errors) {
    const shown = [
      error.message,
      error.stack,
      JSON.stringify(error),
      inspect(error, { depth: 9, showHidden: true }),
    ].join()
    for (const private_ of [
      SECRET.slice(0, 8),
      key.slice(0, 8),
      signed['x-callback-signature'],
      'tsk_private',
    ])
      expect(shown).not.toContain(private_)
  }
})
