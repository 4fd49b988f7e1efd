import { expect, test } from 'vitest'
import { received } from '../../src/schema/received'

test.each<[text: string, value: unknown]>([
  ['"fog"', 'fog'],
  ['""', ''],
  ['6', 6],
  ['NaN', Number.NaN],
  ['null', null],
  ['undefined', undefined],
  ['true', true],
  ['10', 10n],
  ['an array', [1]],
  ['an object', { secret: 1 }],
  ['a symbol', Symbol('secret')],
  ['a function', () => 'secret'],
])('%s is shown for its value', (text, value) => {
  expect(received(value)).toBe(text)
})

test.each([
  ['https://cdn.example.com/a.mp4?sig=SECRET', '"https://cdn.example.com/a.mp4?…"'],
  ['https://cdn.example.com/a.mp4#SECRET', '"https://cdn.example.com/a.mp4?…"'],
  ['https://user:SECRET@cdn.example.com/a.mp4', '"https://…@cdn.example.com/a.mp4"'],
  ['https://us/er:SEC@RET@cdn.example.com/a.mp4', '"https://…@cdn.example.com/a.mp4"'],
  ['ftp://cdn.example.com/a?SECRET', '"ftp://cdn.example.com/a?…"'],
  ['cdn.example.com/a.mp4?sig=SECRET', '"cdn.example.com/a.mp4?…"'],
  ['user:SECRET@cdn.example.com/a.mp4', '"…@cdn.example.com/a.mp4"'],
  ['https%3A%2F%2Fcdn.example.com%2Fa.mp4%3Fsig%3DSECRET', '"https%3A%2F%2Fcdn.example.com%2Fa.mp4?…"'],
  ['see https://a.example/x?SECRET and https://b:SECRET@c', '"see https://a.example/x?…"'],
  ['?sig=SECRET', '"?…"'],
  ['line\nhttps://user:SECRET@c/x', '"…@c/x"'],
])('%s is shown without its secrets', (value, text) => {
  expect(received(value)).toBe(text)
})

test('a long text is cut to 100 characters', () => {
  expect(received('x'.repeat(98))).toBe(`"${'x'.repeat(98)}"`)
  expect(received('x'.repeat(99))).toBe(`"${'x'.repeat(97)}…"`)
  for (const long of [
    'x'.repeat(99),
    'x'.repeat(1_000_000),
    '\u0000'.repeat(50),
    '\\'.repeat(80),
    '😀'.repeat(99),
  ]) {
    expect(received(long).length).toBeLessThanOrEqual(100)
    expect(received(long)).toMatch(/^".*…"$/s)
  }
})

test('a number of more than 100 digits is cut too', () => {
  expect(received(10n ** 200n)).toHaveLength(100)
})

test('a text is cut between two characters, whatever their escapes', () => {
  for (const unit of ['\u0001', '\\', '"', '😀', '\n', '\\a'])
    for (let before = 0; before < 8; before++) {
      const long = 'x'.repeat(before) + unit.repeat(200)
      const shown = JSON.parse(received(long).replace('…', '')) as string
      expect(long.startsWith(shown)).toBe(true)
      expect(shown).not.toMatch(/\p{Surrogate}/u)
      expect(shown.length).toBeGreaterThan(12)
    }
})

test('a login that ends beyond the hundredth character is not shown', () => {
  expect(received(`https://user:${'SECRET'.repeat(50)}@example.com/x`)).toBe('"https://…@example.com/x"')
})
