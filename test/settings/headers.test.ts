import { expect, test } from 'vitest'
import type { HeadersInput } from '../../src/contract/options'
import { ConfigurationError } from '../../src/errors'
import { headerRecord } from '../../src/settings/headers'

const refusal = (input: unknown): string => {
  try {
    headerRecord(input as HeadersInput)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message
    throw error
  }
  throw new Error('it was not refused')
}

test('names are lower case, values trimmed, undefined left out', () => {
  expect({ ...headerRecord({ 'X-Team': ' video ', other: undefined }) }).toEqual({ 'x-team': 'video' })
})

test('a Headers, also one of another library, and a Map are read', () => {
  const foreign = {
    *[Symbol.iterator]() {
      yield ['X-Team', 'video']
    },
  }
  for (const input of [new Headers({ 'X-Team': 'video' }), new Map([['X-Team', 'video']]), foreign])
    expect({ ...headerRecord(input as HeadersInput) }).toEqual({ 'x-team': 'video' })
})

test('inherited names do not count', () => {
  expect({ ...headerRecord(Object.create({ authorization: 'inherited' })) }).toEqual({})
})

test.each(['canary\r\nx: y', 'canary\n', 'canary\0', 'canary–', 'canary😀', 7, null, {}])(
  'the value %j is refused with the name and without the value',
  (value) => {
    expect(refusal({ 'X-Team': value })).toContain('X-Team')
    expect(refusal({ 'X-Team': value })).not.toContain('canary')
  },
)

test.each(['', 'a b', 'a:b', 'a\r\nb', 'é', '😀'])('the name %j is refused', (name) => {
  expect(refusal({ [name]: 'x' })).toContain('name')
})

test.each(['x', 7, null, [], [['a', 'b']]])('%j are not headers', (input) => {
  expect(refusal(input)).toContain('headers')
})
