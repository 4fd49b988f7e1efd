import { expect, test } from 'vitest'
import { apiErrorFrom } from '../../src/http/api-error-from'
import { redactJson, redactorOf } from '../../src/http/redact'
import { parseRetryAfter } from '../../src/http/retry-after'
import { sanitizeMessage, withoutUrlQueries } from '../../src/platform/sanitize'

const redact = redactorOf(['canary/key', 'Basic canary=='])

/** Texts made for the patterns that run over them: each repeats until it has the length that is asked for. */
const HOSTILE: Readonly<Record<string, string>> = {
  'a scheme that never ends': 'a.',
  'a scheme without dots': 'a',
  'schemes without a host': 'a://',
  'only slashes and colons': '://',
  'user info without an end': 'a://b:',
  'at signs': '@',
  'hosts with at signs': 'a://@',
  'question marks': '?',
  'question marks with words': 'a?',
  'percent signs': '%3',
  'encoded question marks': '%3f',
  hashes: '#',
  'angle brackets': '<',
  quotes: '"',
  blanks: ' ',
  'line breaks': '\r\n',
  'control characters': '\u0000',
  'almost the secret': 'canary/ke',
  'the secret': 'canary/key',
  backslashes: '\\',
  digits: '1',
  'letters beyond the BMP': '😀',
}

const fill = (unit: string, length: number): string => unit.repeat(Math.ceil(length / unit.length))

const answer = (text: string) =>
  apiErrorFrom({ status: 500, text, redact, requestId: undefined, retryAfterMs: undefined })

const WORK: Readonly<Record<string, (text: string) => unknown>> = {
  redact,
  withoutUrlQueries,
  sanitizeMessage,
  'Retry-After': (text) => parseRetryAfter(text, 0),
  'a text as error body': answer,
  'a message in an error body': (text) => answer(JSON.stringify({ error: { message: text, code: text } })),
  'field errors': (text) => answer(JSON.stringify({ errors: { [text]: [text], prompt: text } })),
  'parsed JSON': (text) => redactJson({ [text]: [text, { text }] }, redact),
}

// Of the processor's time: the machine may be doing other things.
const fastestMs = (work: () => unknown): number => {
  let best = Number.POSITIVE_INFINITY
  for (let n = 0; n < 3; n++) {
    const from = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(from)
    best = Math.min(best, (user + system) / 1_000)
  }
  return best
}

test.each(Object.entries(WORK))(
  'the work of %s grows with the length of a hostile text, not with its square',
  (_, work) => {
    for (const [name, unit] of Object.entries(HOSTILE)) {
      const [short, long] = [fill(unit, 30_000), fill(unit, 240_000)]
      // Eight times the length is eight times the work, sixty-four times where it is quadratic. What takes a few
      // milliseconds at most is not worth a comparison.
      const longMs = fastestMs(() => work(long))
      if (longMs < 40) continue
      expect(
        longMs /
          Math.max(
            1,
            fastestMs(() => work(short)),
          ),
        name,
      ).toBeLessThan(30)
    }
  },
)

test.each(Object.keys(HOSTILE))(
  'an error body of 8 MiB costs little more than its JSON.parse: %s',
  (name) => {
    const text = JSON.stringify({ error: { message: fill(HOSTILE[name] as string, 2_000_000) } })
    const parseMs = fastestMs(() => JSON.parse(text))
    expect(fastestMs(() => answer(text))).toBeLessThan(200 + 12 * parseMs)
  },
)

test('an error body of many small values costs little more than its JSON.parse', () => {
  const text = JSON.stringify({
    a: '\n',
    list: Array.from({ length: 400_000 }, (_, n) => ({ n, text: `value ${n}` })),
  })
  const parseMs = fastestMs(() => JSON.parse(text))
  expect(fastestMs(() => answer(text))).toBeLessThan(200 + 12 * parseMs)
})

test('a password with an at sign in it is removed whole', () => {
  expect(withoutUrlQueries('at https://user:p@ss@host.example/a')).toBe('at https://host.example/a')
})

test('a secret in a name or under __proto__ is removed from parsed JSON', () => {
  const body = redactJson(JSON.parse('{"canary/key":"canary/key","__proto__":"canary/key"}'), redact)
  expect(JSON.stringify(body)).not.toContain('canary/key')
})
