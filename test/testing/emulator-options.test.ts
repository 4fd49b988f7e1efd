import { createEmulator, type EmulatorOptions } from 'runapi-video/testing'
import { expect, test } from 'vitest'

test.each<[string, unknown, string]>([
  [
    'a misspelt name',
    { balancecents: 5 },
    'createEmulator has no field balancecents; its fields are apiKey, takesMs',
  ],
  ['no object', 'fast', 'createEmulator must be an object'],
  ['a key with a space', { apiKey: 'two words' }, 'apiKey must be a key without spaces'],
  ['an empty key in a list', { apiKey: ['a', ''] }, 'apiKey must be a key without spaces'],
  ['a time that is text', { takesMs: '5' }, 'takesMs must be 0 or more milliseconds (received 5)'],
  ['a negative delay', { latencyMs: -1 }, 'latencyMs must be 0 or more milliseconds'],
  ['a negative life', { idempotencyKeyLifeMs: -1 }, 'idempotencyKeyLifeMs must be 0 or more milliseconds'],
  ['a balance that is not a number', { balanceCents: Number.NaN }, 'balanceCents must be 0 or more cents'],
  ['an unknown form of ids', { ids: 'ulid' }, 'ids must be short or uuid (received "ulid")'],
  ['an unknown field of ids', { idField: 'taskId' }, 'idField must be both or id or task_id'],
  ['text for a flag', { validate: 'no' }, 'validate must be true or false'],
  ['endpoints that are not a list', { endpoints: {} }, 'endpoints must be a list of definitions'],
  ['a fault that is not a function', { fault: 'reset' }, 'fault must be a function'],
  ['a receiver that is not a function', { deliver: 'https://example.com' }, 'deliver must be a function'],
  ['hosts that are not a list', { webhookHosts: 'app' }, 'webhookHosts must be a list of host names'],
  ['a seed that is text', { seed: 'seven' }, 'seed must be a number'],
  ['a date that is none', { startsAt: 'today' }, 'startsAt must be an ISO 8601 string'],
])('refuses %s and names the option', (_, options, message) => {
  expect(() => createEmulator(options as EmulatorOptions)).toThrow(message)
})

test('takes undefined for every option as its default', () => {
  const options = { apiKey: undefined, takesMs: undefined, ids: undefined, startsAt: undefined }
  expect(() => createEmulator(options)).not.toThrow()
})
