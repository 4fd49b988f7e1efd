import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRetryAfter } from '../../src/http/retry-after'

const NOW = Date.UTC(2026, 9, 1, 12, 0, 0)
const parse = (value: string | null) => parseRetryAfter(value, NOW)

test('whole seconds become milliseconds', () => {
  expect(parse('0')).toBe(0)
  expect(parse('30')).toBe(30_000)
  expect(parse(' 07 ')).toBe(7_000)
})

test('the three date forms of HTTP are read', () => {
  expect(parse('Thu, 01 Oct 2026 12:00:05 GMT')).toBe(5_000)
  expect(parse('Thursday, 01-Oct-26 12:00:05 GMT')).toBe(5_000)
  expect(parse('Thu Oct  1 12:00:05 2026')).toBe(5_000)
})

test('every month is read, in each of the three forms', () => {
  for (let month = 0; month < 12; month++) {
    const at = new Date(Date.UTC(2026, month, 15, 8, 30, 5))
    const [name, day, short, , time] = at.toUTCString().replace(',', '').split(' ') as string[]
    const weekday = at.toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' })
    for (const text of [
      at.toUTCString(),
      `${weekday}, ${day}-${short}-26 ${time} GMT`,
      `${name} ${short} ${day} ${time} 2026`,
    ])
      expect(parseRetryAfter(text, at.getTime() - 90_000)).toBe(90_000)
  }
})

test('the last second of a day, and a leap second after it, are read', () => {
  const before = Date.UTC(2026, 11, 31, 23, 59, 0)
  expect(parseRetryAfter('Thu, 31 Dec 2026 23:59:59 GMT', before)).toBe(59_000)
  expect(parseRetryAfter('Thu, 31 Dec 2026 23:59:60 GMT', before)).toBe(60_000)
})

test('two digits of a year mean at most fifty years from now', () => {
  const in50Years = Date.UTC(2076, 9, 1, 12, 0, 0) - NOW
  expect(parse('Thursday, 01-Oct-76 12:00:00 GMT')).toBe(in50Years)
  expect(parse('Thursday, 01-Oct-77 12:00:00 GMT')).toBe(0)
})

test('a date in the past asks for no delay', () => {
  expect(parse('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(0)
  expect(parse('Sunday, 06-Nov-94 08:49:37 GMT')).toBe(0)
})

test('a huge number stays a safe integer', () => {
  expect(parse('9'.repeat(400))).toBe(Number.MAX_SAFE_INTEGER)
})

test.each([
  null,
  '',
  ' ',
  '-1',
  '+1',
  '1.5',
  '1e3',
  '0x10',
  '1, 2',
  '30;q=1',
  'Infinity',
  'NaN',
  'soon',
  '١',
  '2026-10-01T12:00:05Z',
  'Thu, 01 Oct 2026 12:00:05 CET',
  'Thu, 31 Feb 2026 12:00:05 GMT',
  'Thu, 01 Oct 2026 24:00:05 GMT',
  'Thu, 01 Oct 2026 12:60:05 GMT',
  'Thu, 01 Oct 2026 12:00:61 GMT',
  'Thu, 1 Oct 2026 12:00:05 GMT',
  'thu, 01 oct 2026 12:00:05 gmt',
])('%j is not an instruction', (value) => {
  expect(parse(value)).toBeUndefined()
})

test('whatever a header holds, the delay is a number of milliseconds or nothing', () => {
  const header = fc.oneof(fc.string(), fc.stringMatching(/^[\d:, A-Za-z-]{0,40}$/))
  fc.assert(
    fc.property(header, fc.date({ noInvalidDate: true }), (value, now) => {
      const delay = parseRetryAfter(value, now.getTime())
      expect(delay === undefined || (Number.isFinite(delay) && delay >= 0)).toBe(true)
    }),
  )
})

test('a date that was written by toUTCString is read to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 6 }), (seconds) => {
      expect(parse(new Date(NOW + seconds * 1_000).toUTCString())).toBe(seconds * 1_000)
    }),
  )
})
