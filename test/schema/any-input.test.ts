import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ValidationError } from '../../src/errors/validation-error'
import { families } from '../../src/models'
import type { StandardSchema } from '../../src/schema/standard-schema'
import { validateParams } from '../../src/schema/validate-params'

const endpoints = Object.values(families).flatMap((family) => Object.values(family))
const models = endpoints.flatMap(({ params }) => Object.keys(params.models))
const rows = endpoints.flatMap(({ params }) => Object.values<object>(params.models))
const fields = ['model', ...new Set(rows.flatMap((row) => Object.keys(row)))]

const SECRET = 'S3CRET'
const secretUrl = fc
  .record({
    scheme: fc.constantFrom(
      'https://',
      'http://',
      'HTTPS:\\\\',
      'ftp://',
      's3://',
      '//',
      '',
      ' https://',
      'javascript:',
      'data:,',
    ),
    login: fc.constantFrom('', `u:${SECRET}@`, `${SECRET}@`, `u:/${SECRET}@`, `u:${SECRET}%40`),
    host: fc.constantFrom('example.com', 'exa mple.com', '[::1', '例え.jp', 'x'.repeat(200)),
    path: fc.constantFrom('', '/', '/a/b.mp4', '/%', '/a@b'),
    query: fc.constantFrom('', `?sig=${SECRET}`, `?${SECRET}?a`, `%3Fsig=${SECRET}`, `&sig=${SECRET}`),
    hash: fc.constantFrom('', `#${SECRET}`, `%23${SECRET}`),
    around: fc.constantFrom(
      ['', ''],
      ['see ', ' now'],
      ['"', '"'],
      ['\n', '\n'],
      [`${'y'.repeat(200)} `, ''],
    ),
  })
  .map(({ scheme, login, host, path, query, hash, around }) => {
    return `${around[0]}${scheme}${login}${host}${path}${query}${hash}${around[1]}`
  })

const value = fc.oneof(
  secretUrl,
  fc.constantFrom(...models, 6, 10, '512p', '768p', '1080p', null, undefined, true, 'https://example.com/a'),
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
  }),
)
const key = fc.oneof({ arbitrary: fc.constantFrom(...fields), weight: 4 }, fc.string(), secretUrl)
const media = fc.constant('https://example.com/a')
const good = fc.oneof(
  fc.record({ prompt: fc.constant('fog'), source_video_url: media, watermark: fc.boolean() }),
  fc.record({ model: fc.constantFrom(...models), prompt: fc.constant('fog') }),
  fc.record({
    model: fc.constantFrom(...models),
    prompt: fc.constant('fog'),
    first_frame_image_url: media,
    duration_seconds: fc.constantFrom(6, 10, undefined),
    output_resolution: fc.constantFrom('768p', '1080p', undefined),
  }),
)
const params = fc.oneof(
  { arbitrary: good, weight: 6 },
  { arbitrary: fc.array(fc.tuple(key, value)).map((entries) => Object.fromEntries(entries)), weight: 6 },
  value,
)

const refusalOf = (endpoint: (typeof endpoints)[number], input: unknown): ValidationError | undefined => {
  try {
    validateParams(endpoint.name, endpoint.params as StandardSchema, input)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(ValidationError)
    return error as ValidationError
  }
}

test('whatever is given either passes as it is or is a ValidationError', () => {
  let passes = 0
  fc.assert(
    fc.property(fc.constantFrom(...endpoints), params, (endpoint, input) => {
      const error = refusalOf(endpoint, input)
      if (error) expect(error.issues.length).toBeGreaterThan(0)
      else {
        passes += 1
        const model = (input as { model?: unknown }).model ?? endpoint.defaults?.model
        const given = Object.entries({ ...(input as object), model }).filter(([, it]) => it !== undefined)
        const passed = validateParams(endpoint.name, endpoint.params as StandardSchema, input)
        expect(passed).toStrictEqual(Object.fromEntries(given))
      }
    }),
    { numRuns: 1000 },
  )
  expect(passes).toBeGreaterThan(10)
})

test('no refusal shows a query, a hash or a login, nor more than 100 characters of what was given', () => {
  fc.assert(
    fc.property(fc.constantFrom(...endpoints), params, (endpoint, input) => {
      const error = refusalOf(endpoint, input)
      expect(JSON.stringify([error?.message, error?.issues])).not.toContain(SECRET)
      for (const { received = '', field } of error?.issues ?? []) {
        expect(received.length).toBeLessThanOrEqual(100)
        expect(field.length).toBeLessThanOrEqual(100)
      }
    }),
    { numRuns: 2000 },
  )
})

const VECTORS = '../shared/vectors/blns.json'

test.skipIf(!existsSync(VECTORS))(
  `naughty strings are good prompts unless blank (skipped without ${VECTORS})`,
  () => {
    const strings = JSON.parse(readFileSync(VECTORS, 'utf8')) as string[]
    expect(strings.length).toBeGreaterThan(500)
    for (const prompt of strings) {
      const input = { model: 'hailuo-02-text-to-video-pro', prompt }
      const error = refusalOf(families.hailuo.textToVideo as (typeof endpoints)[number], input)
      expect(error?.issues.map(({ rule }) => rule)).toEqual(prompt.trim() === '' ? ['not_blank'] : undefined)
    }
  },
)
