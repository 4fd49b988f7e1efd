import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConfigurationError } from '../../src/errors'
import { checkApiKey } from '../../src/http/authorize'

const refusalOf = (key: unknown): ConfigurationError => {
  try {
    checkApiKey(key)
  } catch (error) {
    if (error instanceof ConfigurationError) return error
  }
  throw new Error('it was not refused')
}

test('a key is trimmed', () => {
  expect(checkApiKey('  rk_live_1\n')).toBe('rk_live_1')
})

test('any key of visible Latin-1 characters passes, whatever its prefix', () => {
  expect(checkApiKey('clé-ÿ!~')).toBe('clé-ÿ!~')
})

test.each([undefined, null, '', ' \t\n', 7, {}])(
  '%j is a missing key, and the text names the variable',
  (key) => {
    expect(refusalOf(key).message).toContain('RUNAPI_API_KEY')
    expect(refusalOf(key).message).toContain('missing')
  },
)

test.each(['Bearer zzqqxx', 'bearer zzqqxx', ' BEARER\tzzqqxx', 'Bearer\u00a0zzqqxx'])(
  'a pasted Bearer prefix is named: %j',
  (key) => {
    expect(refusalOf(key).message).toContain('without "Bearer "')
    expect(refusalOf(key).message).not.toContain('zzqqxx')
  },
)

test.each([
  'zzqq xx',
  'zzqq\txx',
  'zzqq\r\nxx',
  'zzqq\u0000xx',
  'zzqq\u007fxx',
  'zzqq\u0085xx',
  'zzqq\u00a0xx',
  'zzqq–xx',
  'zzqq😀xx',
  'zzqq\ud800xx',
])('%j is refused without a character of it in the text', (key) => {
  const { message } = refusalOf(key)
  expect(message).toContain('RUNAPI_API_KEY')
  for (const part of ['zzqq', 'xx', '–', '😀']) expect(message).not.toContain(part)
})

test('every refusal has the same few texts, so no key can be in one', () => {
  const texts = new Set<string>()
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (key) => {
      try {
        const checked = checkApiKey(key)
        expect(() => new Headers({ authorization: `Bearer ${checked}` })).not.toThrow()
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error
        texts.add(error.message)
      }
    }),
  )
  expect(texts.size).toBeLessThanOrEqual(3)
})

test.each([
  '"zzqqxx"',
  "'zzqqxx'",
  '`zzqqxx`',
  ' "zzqqxx"\n',
  'undefined',
  'null',
  '$RUNAPI_API_KEY',
  `$\{RUNAPI_API_KEY}`,
])('%j is what a file or a shell left in place of a key, and is refused without its text', (key) => {
  const { message } = refusalOf(key)
  expect(message).toMatch(/^apiKey: must be the key alone, without .*quotation marks/)
  expect(message).not.toContain('zzqq')
})
