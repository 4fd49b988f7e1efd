import { readdirSync, readFileSync } from 'node:fs'
import type { StandardJSONSchemaV1 } from '@standard-schema/spec'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { schemas } from '../../src'
import type { FieldRules } from '../../src/schema/columns'

const all = Object.values(schemas).flatMap((family) => Object.values(family))

const FIELDS: Record<string, readonly unknown[]> = {
  model: all.flatMap(({ models }) => Object.keys(models)),
  prompt: ['Rain', '', ' ', 5],
  source_video_url: ['https://example.com/in.mp4', 'in.mp4', 'javascript:alert(1)', null],
  first_frame_image_url: ['https://example.com/a.png', 'a.png', 7],
  last_frame_image_url: ['http://example.com/b.png', ''],
  callback_url: ['https://example.com/hook', 'hook'],
  duration_seconds: [6, 10, 7, '6'],
  output_resolution: ['512p', '768p', '1080p', '1080P', '4k'],
  watermark: [true, false, 'true'],
  prompt_optimizer: [true, 'no'],
  enable_safety_checker: [false, 0],
  seed: [1],
}

const params = fc.record(
  Object.fromEntries(Object.entries(FIELDS).map(([name, values]) => [name, fc.constantFrom(...values)])),
  { requiredKeys: [] },
)

const checkers = { 'draft-2020-12': new Ajv2020(), 'draft-07': new Ajv() } as const

for (const target of ['draft-2020-12', 'draft-07'] as const) {
  test(`the JSON Schema of ${target} lets through what the check lets through`, () => {
    for (const schema of all) {
      const { validate, jsonSchema } = schema['~standard']
      const ajv = checkers[target].addFormat('uri', true)
      const allowed = ajv.compile(jsonSchema.input({ target }))
      const allowedOut = ajv.compile(jsonSchema.output({ target }))
      // Mostly right, so that both answers come often.
      const right = Object.entries<FieldRules>(schema.models).map(([model, rules]) => ({
        model,
        ...Object.fromEntries(
          Object.entries(rules)
            .filter(([, { required }]) => required)
            .map(([name]) => [name, FIELDS[name]?.[0]]),
        ),
      }))
      fc.assert(
        fc.property(fc.constantFrom(...right), params, fc.boolean(), (base, changes, isNear) => {
          const [[name, value] = []] = Object.entries(changes)
          const given = isNear ? { ...base, ...(name && { [name]: value }) } : changes
          const result = validate(given)
          expect(allowed(given), JSON.stringify(given)).toBe(result.issues === undefined)
          if (!result.issues) expect(allowedOut(result.value)).toBe(true)
        }),
        { numRuns: 300 },
      )
    }
  })
}

test('10 seconds in 1080p is refused by the JSON Schema too', () => {
  const schema = schemas.hailuo.imageToVideo['~standard'].jsonSchema.input({ target: 'draft-07' })
  const base = {
    model: 'hailuo-2.3-image-to-video-standard',
    prompt: 'Rain',
    first_frame_image_url: 'https://example.com/a.png',
  }
  const allowed = new Ajv().addFormat('uri', true).compile(schema)
  expect(allowed({ ...base, duration_seconds: 10, output_resolution: '768p' })).toBe(true)
  expect(allowed({ ...base, duration_seconds: 10, output_resolution: '1080p' })).toBe(false)
})

test('OpenAPI 3.0 gets enums of one in place of constants, and no $schema', () => {
  const schema = schemas.luma.modifyVideo['~standard'].jsonSchema.input({ target: 'openapi-3.0' })
  expect(schema).toMatchObject({
    type: 'object',
    properties: { model: { enum: ['luma-modify-video'] } },
    required: ['prompt', 'source_video_url'],
  })
  expect(JSON.stringify(schema)).not.toMatch(/\$schema|"const"/)
})

test('the output has the model that the check fills in', () => {
  const { jsonSchema } = schemas.luma.modifyVideo['~standard']
  expect(jsonSchema.output({ target: 'draft-07' }).required).toContain('model')
})

test('the schemas are Standard JSON Schemas', () => {
  const standard: StandardJSONSchemaV1<unknown> = schemas.hailuo.textToVideo
  expect(Object.keys(standard['~standard'].jsonSchema.input({ target: 'draft-07' }))).toEqual([
    '$schema',
    'anyOf',
  ])
})

test('an unknown target is refused, with the known ones', () => {
  const { jsonSchema } = schemas.luma.modifyVideo['~standard']
  for (const target of ['draft-04', 'toString', '']) {
    expect(() => jsonSchema.input({ target })).toThrow(
      'target: must be one of draft-2020-12, draft-07, openapi-3.0',
    )
  }
})

test('every field has its TSDoc as description', () => {
  const inSource = new Map<string, Set<string>>()
  for (const file of readdirSync('src/models')) {
    const source = readFileSync(`src/models/${file}`, 'utf8')
    for (const [, doc = '', name = ''] of source.matchAll(/\/\*\* (.*) \*\/\n\s+(\w+): described\(/g)) {
      inSource.set(name, (inSource.get(name) ?? new Set()).add(doc))
    }
  }
  for (const { models } of all) {
    for (const [name, { description = '' }] of Object.values<FieldRules>(models).flatMap((row) =>
      Object.entries(row),
    )) {
      expect([...(inSource.get(name) ?? [])], name).toContain(description)
    }
  }
})
