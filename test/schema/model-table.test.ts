import { expect, test } from 'vitest'
import { flag, httpUrl, joined, oneOf, optional, text } from '../../src/schema/columns'
import { modelTable, supported } from '../../src/schema/model-table'

const table = modelTable({
  shared: joined({ prompt: text }, { loop: optional(flag) }),
  perModel: {
    style: oneOf('plain', 'noir'),
    size: optional(oneOf('s', 'm', 'l'), 'only big takes it'),
    seconds: optional(oneOf(5, 8, 12)),
    seed: optional(text),
  },
  models: {
    small: {},
    big: { style: supported, size: ['s', 'm'], seconds: supported, seed: supported },
  },
  forbidden: [
    { size: 'm', seconds: 12, loop: true },
    { seed: 'random', size: 's' },
  ],
})
const issuesOf = (params: object): string[] => {
  const { issues = [] } = table['~standard'].validate(params)
  return issues.map(({ path, message }) => `${path?.join()} ${message}`)
}
const big = { model: 'big', prompt: 'x', style: 'noir' }

test('a model requires what its row takes and its column requires', () => {
  expect(issuesOf({ model: 'small', prompt: 'x' })).toEqual([])
  expect(issuesOf({ model: 'big', prompt: 'x' })).toEqual(['style is required: plain or noir'])
})

test('every kind of column is required unless it is optional', () => {
  const columns = { prompt: text, source: httpUrl, loop: flag, size: oneOf('s') }
  const { prompt, source, loop, size } = columns
  const shared = {
    a: optional(prompt),
    b: optional(source),
    c: optional(loop),
    d: optional(size),
    ...columns,
  }
  const all = modelTable({ shared, models: { only: {} } })
  expect(all['~standard'].validate({ model: 'only' }).issues).toMatchObject([
    { path: ['prompt'], message: 'is required' },
    { path: ['source'], message: 'is required' },
    { path: ['loop'], message: 'is required' },
    { path: ['size'], message: 'is required: s' },
  ])
})

test('a row with a list takes no other value of its column', () => {
  expect(issuesOf({ ...big, size: 'm' })).toEqual([])
  expect(issuesOf({ ...big, size: 'l' })).toEqual(['size must be s or m'])
})

test('a column that the row does not take answers with its own sentence, or a plain one', () => {
  expect(issuesOf({ model: 'small', prompt: 'x', size: 's', seed: 'y' })).toEqual([
    'size only big takes it',
    'seed is not a parameter of small',
  ])
})

test('without a known model only what every model requires is missed', () => {
  expect(issuesOf({ model: 'huge' })).toEqual(['model must be small or big', 'prompt is required'])
})

test('a combination is refused where all of it is held', () => {
  expect(issuesOf({ ...big, size: 'm', seconds: 12 })).toEqual([])
  expect(issuesOf({ ...big, size: 'm', seconds: 12, loop: true })).toEqual([
    'size cannot be m together with seconds 12 and loop true: use size s, seconds 5 or 8 or loop false',
  ])
  expect(issuesOf({ ...big, seed: 'random', size: 's' })).toEqual([
    'seed cannot be random together with size s: use another seed or size m',
  ])
})

test('a combination is not spoken of where one of its values is refused anyway, or the model is', () => {
  const combined = { size: 'm', seconds: 12, loop: true }
  expect(issuesOf({ model: 'small', prompt: 'x', ...combined })).toEqual([
    'size only big takes it',
    'seconds is not a parameter of small',
  ])
  expect(issuesOf({ ...big, model: 'huge', ...combined })).toEqual(['model must be small or big'])
})
