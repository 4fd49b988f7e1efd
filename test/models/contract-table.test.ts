import { expect, test } from 'vitest'
import { endpointNamed, families } from '../../src/models'

// Copied from the contract as it stands, so that the tables of src/models are held against something else.
const HAILUO = `
| model | endpoint | prompt | first_frame_image_url | last_frame_image_url | duration_seconds | output_resolution |
| --- | --- | --- | --- | --- | --- | --- |
| hailuo-02-text-to-video-pro | t2v | required | — | — | — (fixed on pro) | — (native 1080p) |
| hailuo-02-text-to-video-standard | t2v | required | — | — | 6 or 10 (service default 10) | 512p, 768p |
| hailuo-02-image-to-video-pro | i2v | required | required | optional | — (fixed on pro) | — (native 1080p) |
| hailuo-02-image-to-video-standard | i2v | required | required | optional | 6 or 10 | 512p, 768p |
| hailuo-2.3-image-to-video-pro | i2v | required | required | — | — (fixed on pro) | 768p, 1080p |
| hailuo-2.3-image-to-video-standard | i2v | required | required | — | 6 or 10 | 768p, 1080p |
`
const LUMA = `
| model | endpoint | prompt | source_video_url | watermark | callback_url |
| --- | --- | --- | --- | --- | --- |
| luma-modify-video | luma | required | required | optional | optional |
`
const ENDPOINTS: Record<string, string> = {
  t2v: 'hailuo.textToVideo',
  i2v: 'hailuo.imageToVideo',
  luma: 'luma.modifyVideo',
}
const SAMPLES: Record<string, unknown> = {
  prompt: 'A marble rolls across a desk',
  first_frame_image_url: 'https://example.com/first.png',
  last_frame_image_url: 'https://example.com/last.png',
  source_video_url: 'https://example.com/walk.mp4',
  callback_url: 'https://example.com/hook',
  watermark: false,
  prompt_optimizer: true,
  enable_safety_checker: false,
  duration_seconds: 6,
  output_resolution: '768p',
}
const VOCABULARY: Record<string, unknown[]> = {
  duration_seconds: [6, 10, 5, 8],
  output_resolution: ['512p', '768p', '1080p', '720p'],
}

interface Cell {
  model: string
  endpoint: string
  field: string
  rule: string
  /** Every field that the model requires. */
  base: Record<string, unknown>
}

const cellsOf = (table: string, alsoOptional: readonly string[] = []): Cell[] => {
  const lines = table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const [[, , ...fields] = [], , ...rows] = lines
  return rows.flatMap(([model = '', endpoint = '', ...rules]) => {
    const needed = fields.filter((_, i) => rules[i] === 'required')
    const base = { model, ...Object.fromEntries(needed.map((field) => [field, SAMPLES[field]])) }
    const cells = [
      ...fields.map((field, i) => [field, rules[i] ?? '']),
      ...alsoOptional.map((it) => [it, 'optional']),
    ]
    return cells.map(([field = '', rule = '']) => ({
      model,
      endpoint: ENDPOINTS[endpoint] ?? '',
      field,
      rule,
      base,
    }))
  })
}

const cells = [
  ...cellsOf(HAILUO, ['callback_url', 'prompt_optimizer', 'enable_safety_checker']),
  ...cellsOf(LUMA),
]

const brokenBy = (endpoint: string, params: object): string[] => {
  const result = endpointNamed(endpoint)?.params['~standard'].validate(params)
  return (result?.issues ?? []).map((issue) => `${issue.path?.join()} ${(issue as { rule?: string }).rule}`)
}
const without = (params: object, field: string): object =>
  Object.fromEntries(Object.entries(params).filter(([name]) => name !== field))

test('the tables have eight cells for each Hailuo model and four for Luma', () => {
  expect(cells).toHaveLength(6 * 8 + 4)
})

test('every model of every family stands in the tables', () => {
  const models = Object.values(families).flatMap((family) =>
    Object.values(family).flatMap(({ params }) => Object.keys(params.models)),
  )
  expect([...new Set(cells.map(({ model }) => model))].sort()).toEqual(models.sort())
})

test.each(cells)('$model · $field: $rule', ({ endpoint, field, rule, base }) => {
  const given = { ...base, [field]: SAMPLES[field] }
  const refusals = brokenBy(endpoint, given)
  if (rule.startsWith('—')) {
    expect(refusals).toHaveLength(1)
    expect(refusals[0]).toMatch(new RegExp(`^${field} (not_taken|unknown_field)$`))
    return
  }
  expect(refusals).toEqual([])
  expect(brokenBy(endpoint, without(given, field))).toEqual(rule === 'required' ? [`${field} required`] : [])

  for (const value of VOCABULARY[field] ?? []) {
    const listed = rule.split(/\s*(?:,| or |\()\s*/).includes(String(value))
    expect(brokenBy(endpoint, { ...base, [field]: value })).toEqual(listed ? [] : [`${field} one_of`])
  }
})

test.each(cells.filter(({ field }) => field === 'prompt'))('only $endpoint takes $model', (cell) => {
  for (const endpoint of Object.values(ENDPOINTS)) {
    const issues = brokenBy(endpoint, cell.base).filter((issue) => issue === 'model one_of')
    expect(issues).toHaveLength(endpoint === cell.endpoint ? 0 : 1)
  }
})

test.each(cells.filter(({ field }) => field === 'prompt'))(
  'the fields of $model are listed as data',
  (cell) => {
    const row = cells.filter(({ model, rule }) => model === cell.model && !rule.startsWith('—'))
    const models: Record<string, object> = endpointNamed(cell.endpoint)?.params.models ?? {}
    expect(Object.keys(models[cell.model] ?? {}).sort()).toEqual(row.map(({ field }) => field).sort())
  },
)

test('the model may be left out for Luma only, and is filled in', () => {
  const params = { prompt: 'fog', source_video_url: 'https://example.com/walk.mp4' }
  expect(endpointNamed('luma.modifyVideo')?.params['~standard'].validate(params)).toEqual({
    value: { model: 'luma-modify-video', ...params },
  })
  expect(brokenBy('hailuo.textToVideo', { prompt: 'fog' })).toEqual(['model required'])
})

test('Hailuo 2.3 does not take 10 seconds at 1080p, each alone it takes', () => {
  const base = {
    model: 'hailuo-2.3-image-to-video-standard',
    prompt: 'fog',
    first_frame_image_url: 'https://example.com/first.png',
  }
  const check = (more: object) => brokenBy('hailuo.imageToVideo', { ...base, ...more })
  expect(check({ duration_seconds: 10, output_resolution: '1080p' })).toEqual([
    'duration_seconds combination',
  ])
  expect(check({ duration_seconds: 6, output_resolution: '1080p' })).toEqual([])
  expect(check({ duration_seconds: 10, output_resolution: '768p' })).toEqual([])
  expect(check({ duration_seconds: 10 })).toEqual([])
  expect(check({ output_resolution: '1080p' })).toEqual([])
})
