import { expect, test } from 'vitest'
import { differingParameter, fingerprintsOf } from '../../src/ledger/fingerprints'

const differ = (a: Record<string, unknown>, b: Record<string, unknown>): string | undefined =>
  differingParameter(fingerprintsOf(a), fingerprintsOf(b))

test('objects with a URL that are no files differ where their URL or another field does', () => {
  const image = { url: 'https://a.io/a.png', detail: 'high' }
  expect(differ({ image_url: image }, { image_url: { ...image } })).toBeUndefined()
  expect(differ({ image_url: image }, { image_url: { ...image, url: 'https://a.io/b.png' } })).toBe(
    'image_url',
  )
  expect(differ({ image_url: image }, { image_url: { ...image, detail: 'low' } })).toBe('image_url')
  expect(
    differ({ image_url: { url: 'https://a.io/a.png' } }, { image_url: { url: 'https://a.io/b.png' } }),
  ).toBe('image_url')
})

test('only a URL loses its query, and a text that begins with one does not', () => {
  expect(
    differ({ source_url: 'https://a.io/a?sig=1' }, { source_url: 'https://a.io/a?sig=2' }),
  ).toBeUndefined()
  const prompt = 'https://a.io is a site? Draw'
  expect(differ({ prompt: `${prompt} a cat` }, { prompt: `${prompt} a dog` })).toBe('prompt')
})

test('what JSON does not take has a fingerprint too', () => {
  expect(differ({ seed: 5n }, { seed: 5n })).toBeUndefined()
  expect(differ({ seed: 5n }, { seed: 6n })).toBe('seed')
})
