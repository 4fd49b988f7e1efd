import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fieldOf, redact, redactJson, safeCause } from '../../src/http/redact'
import { sanitizeMessage, withoutUrlQueries } from '../../src/platform/sanitize'

test('a secret is replaced wherever it stands, also spelt as JSON or a URL spells it', () => {
  const key = 'a/b+c"d'
  for (const text of [`key ${key}!`, JSON.stringify({ key }), 'a\\/b+c\\"d', encodeURIComponent(key)]) {
    expect(redact(text, [key])).toContain('[redacted]')
    expect(redact(text, [key])).not.toMatch(/b\+c|b%2Bc/)
  }
})

test('a secret of three characters would redact half the language and is left alone', () => {
  expect(redact('the key', ['the'])).toBe('the key')
  expect(redact('abcd key', ['abcd'])).toBe('[redacted] key')
})

test('no text holds the secret after it was redacted', () => {
  const secret = fc.stringMatching(/^[!-~]{8,40}$/).filter((text) => !'[redacted]'.includes(text))
  fc.assert(
    fc.property(fc.string(), secret, fc.string(), (before, key, after) => {
      expect(redact(before + key + key + after, [key])).not.toContain(key)
    }),
  )
})

test('texts in JSON are cleaned in values and in names', () => {
  const clean = (text: string) => redact(text, ['canary'])
  expect(redactJson({ canary: ['x', { y: 'canary' }], n: 1, z: null }, clean)).toEqual({
    '[redacted]': ['x', { y: '[redacted]' }],
    n: 1,
    z: null,
  })
})

test.each([
  ['see https://x.example/v.mp4?X-Sig=canary&b=1 now', 'see https://x.example/v.mp4?[redacted] now'],
  ['https://x.example/#canary', 'https://x.example/?[redacted]'],
  ['https://user:canary@x.example/v', 'https://x.example/v'],
  ['"https://x.example/v?canary"', '"https://x.example/v?[redacted]"'],
  ['x.example/v.mp4?X-Sig=canary failed', 'x.example/v.mp4?[redacted] failed'],
  ['https:\\/\\/x.example\\/v.mp4?X-Sig=canary', 'https:\\/\\/x.example\\/v.mp4?[redacted]'],
  ['https%3A%2F%2Fx.example%2Fv%3FX-Sig%3Dcanary', 'https%3A%2F%2Fx.example%2Fv?[redacted]'],
  ['s3://user:canary@bucket/v#canary', 's3://bucket/v?[redacted]'],
  ['x.example/v?a=1?b=canary', 'x.example/v?[redacted]'],
  ['is https://x.example/? right', 'is https://x.example/?[redacted] right'],
  ['is it public? try again', 'is it public? try again'],
  ['what?', 'what?'],
])('%j loses its query', (text, safe) => {
  expect(withoutUrlQueries(text)).toBe(safe)
})

test('a megabyte of anything is read in moments', () => {
  const begun = performance.now()
  for (const unit of ['?', 'a.', 'a?b', 'https://', '%3f', ' ', '@'])
    sanitizeMessage(unit.repeat(1_000_000 / unit.length))
  expect(performance.now() - begun).toBeLessThan(2_000)
})

test('a line is one line of at most 300 characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1_000 }), (text) => {
      const line = sanitizeMessage(text)
      expect(line.length).toBeLessThanOrEqual(300)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must be gone
      expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/)
    }),
  )
})

test('a safe cause keeps name, message, code and causes, and nothing else', () => {
  const inner = Object.assign(new Error('read canary'), { code: 'ECONNRESET', headers: 'canary' })
  const cause = safeCause(new TypeError('fetch failed', { cause: inner }), ['canary']) as Error
  expect(cause).toMatchObject({ name: 'TypeError', message: 'fetch failed' })
  expect(cause.cause).toMatchObject({ message: 'read [redacted]', code: 'ECONNRESET' })
  expect(Object.keys(cause.cause as object).sort()).toEqual(['code', 'name'])
})

test('a cause without end is cut', () => {
  const circular: Error = new Error('round')
  circular.cause = circular
  let depth = 0
  for (let each: unknown = safeCause(circular, []); each; each = (each as Error).cause) depth++
  expect(depth).toBeLessThanOrEqual(6)
})

test('a thrown text is its own cause, without secrets', () => {
  expect(safeCause('no canary at https://x.example/?canary', ['canary'])).toBe(
    'no [redacted] at https://x.example/?[redacted]',
  )
})

test.each([undefined, null, 7, true, () => {}, Symbol('a')])('%s has nothing to say as a cause', (thrown) => {
  expect(safeCause(thrown, [])).toBeUndefined()
})

test('what an error lacks, its safe copy lacks too', () => {
  const copy = safeCause({}, []) as Error
  expect(copy).toMatchObject({ name: 'Error', message: '' })
  expect('cause' in copy).toBe(false)
  expect('code' in copy).toBe(false)
})

test('a field that cannot be read is none', () => {
  const hostile = {
    get code(): string {
      throw new Error('mine')
    },
  }
  for (const thrown of [hostile, null, undefined]) expect(fieldOf(thrown, 'code')).toBeUndefined()
  expect(fieldOf({ code: 'E1' }, 'code')).toBe('E1')
})

test('a line is cut between two characters', () => {
  for (const before of ['', 'x']) {
    const line = sanitizeMessage(before + '😀'.repeat(400))
    expect(line.length).toBeGreaterThan(297)
    expect(line).toMatch(/…$/)
    expect(line).not.toMatch(/\p{Surrogate}/u)
  }
})
