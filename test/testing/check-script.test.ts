import { createEmulator, type TaskScript } from 'runapi-video/testing'
import { expect, test } from 'vitest'

test.each<[unknown, string]>([
  [{ takesMs: -1 }, 'takesMs must be 0 or more milliseconds (received -1)'],
  [{ takesMs: Number.NaN }, 'takesMs must be'],
  [{ takesMs: '5' }, 'takesMs must be'],
  [{ resultLifeMs: null }, 'resultLifeMs must be'],
  [{ id: 'a/b' }, 'id must be letters, digits, _ and -'],
  [{ takeMs: 5 }, 'script has no field takeMs; its fields are id, takesMs,'],
  [[], 'script must be an object'],
  [{ outcome: 'succeeded' }, 'outcome must be completed, failed or an object'],
  [{ outcome: { done: true } }, 'outcome has no field done'],
  [{ faults: { polls: [] } }, 'faults has no field polls; its fields are create, status, result'],
  [{ faults: { status: 'reset' } }, 'faults.status must be a list'],
  [{ faults: { status: ['ok', 'rest'] } }, 'faults.status[1] must be ok, reset,'],
  [{ faults: { create: [{ code: 500 }] } }, 'faults.create[0] has no field code'],
  [{ faults: { create: [503] } }, 'faults.create[0] must be'],
  [{ faults: { create: [{ delayMs: 'long' }] } }, 'faults.create[0].delayMs must be'],
  [{ webhooks: {} }, 'webhooks must be a list'],
  [{ webhooks: [{ copies: 2 }] }, 'webhooks[0] has no field copies'],
  [{ webhooks: [{ delayMs: -1 }] }, 'webhooks[0].delayMs must be'],
  [{ webhooks: [{ secret: 'no base64!' }] }, 'the webhook secret is not base64'],
])('a script that makes no sense is refused: %j', (script, sentence) => {
  expect(() => createEmulator().next(script as TaskScript)).toThrow(sentence)
})

test('a script that uses everything is taken', () => {
  expect(() =>
    createEmulator().next({
      id: 'tsk_abc123',
      takesMs: Infinity,
      outcome: { completed: { status: 'succeeded' } },
      resultLifeMs: 1_000,
      faults: {
        create: ['ok', 'reset', 'lose-answer', 'stall', 'malformed', 'cut-body', 'stall-body'],
        status: [{ status: 503, retryAfter: 2, body: 'x', contentType: 'text/html', headers: {} }],
        result: [{ delayMs: Infinity, carryOut: true }],
      },
      webhooks: [{}, { delayMs: 5, secret: null, body: 'x' }],
    }),
  ).not.toThrow()
})
