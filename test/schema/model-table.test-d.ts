import { test } from 'vitest'
import { flag, httpUrl, joined, oneOf, optional, text } from '../../src/schema/columns'
import type { ModelParams } from '../../src/schema/model-params'
import { modelTable, takes } from '../../src/schema/model-table'

const some = { size: optional(oneOf('s', 'm', 'l')), image: optional(httpUrl), count: oneOf(1, 2) }

test('a cell of a field that is no column does not compile', () => {
  modelTable({
    every: { prompt: text },
    some,
    // @ts-expect-error no such column
    models: { a: { size: takes, sise: takes } },
  })
})

test('a cell with a value that its column has not does not compile', () => {
  // @ts-expect-error xl is no size
  modelTable({ every: { prompt: text }, some, models: { a: { size: ['s', 'xl'] } } })
  // @ts-expect-error a URL has no list
  modelTable({ every: { prompt: text }, some, models: { a: { image: ['https://example.com'] } } })
})

test('a default that is no model and a combination of what is no column do not compile', () => {
  // @ts-expect-error b is no model
  modelTable({ every: { prompt: text }, models: { a: {} }, defaultModel: 'b' })
  // @ts-expect-error prompd is no column
  modelTable({ every: { prompt: text }, models: { a: {} }, never: [{ prompd: 'x' }] })
})

test('a row narrows its column and keeps whether it may be left out', () => {
  const table = modelTable({
    every: joined({ prompt: text }, { loop: optional(flag) }),
    some,
    models: { a: { size: ['s'], count: [1] } },
  })
  const given: ModelParams<typeof table, 'a'> = {
    model: 'a',
    prompt: 'x',
    count: 1,
    size: 's',
    loop: undefined,
  }
  // @ts-expect-error m is no size of this model
  given.size = 'm'
  // @ts-expect-error count is required
  const missing: ModelParams<typeof table, 'a'> = { model: 'a', prompt: 'x' }
  return missing
})
