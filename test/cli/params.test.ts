import { schemas } from 'runapi-video'
import { expect, test } from 'vitest'
import { fieldOfFlag, flagValue } from '../../src/cli/params'

const fields = Object.values(schemas)
  .flatMap((family) => Object.values(family))
  .flatMap((schema) => Object.values(schema.models as Record<string, object>))
  .flatMap((rules) => Object.keys(rules))

test('every parameter of every model has a flag in both spellings', () => {
  expect(fields.length).toBeGreaterThan(20)
  for (const field of ['model', ...fields]) {
    expect(fieldOfFlag(field)).toBe(field)
    expect(fieldOfFlag(field.replaceAll('_', '-'))).toBe(field)
  }
})

test.each([
  ['duration', 'duration_seconds'],
  ['source', 'source_video_url'],
  ['first-frame', 'first_frame_image_url'],
  ['prompt', 'prompt'],
  ['durat', undefined],
  ['wait', undefined],
])('--%s means %s', (flag, field) => {
  expect(fieldOfFlag(flag)).toBe(field)
})

test.each([
  ['duration_seconds', '6', 6],
  ['duration_seconds', '8.5', 8.5],
  ['duration_seconds', 'six', 'six'],
  ['watermark', 'false', false],
  ['watermark', 'no', 'no'],
  ['prompt', '2046', '2046'],
  ['prompt', 'true', 'true'],
  ['output_resolution', '512p', '512p'],
])('--%s %s is %j', (field, text, value) => {
  expect(flagValue(field, text)).toBe(value)
})
