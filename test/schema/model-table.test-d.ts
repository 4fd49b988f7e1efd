import { test } from 'vitest'
import { flag, httpUrl, joined, oneOf, optional, text } from '../../src/schema/columns'
import { modelTable, supported } from '../../src/schema/model-table'
import type { ModelParams } from '../../src/schema/model-types'

const perModel = { size: optional(oneOf('s', 'm', 'l')), image: optional(httpUrl), count: oneOf(1, 2) }

test('a cell of a field that is not a column does not compile', () => {
  modelTable({
    shared: { prompt: text },
    perModel,
    // @ts-expect-error no such column
    models: { a: { size: supported, sise: supported } },
  })
})

test('a cell with a value that its column has not does not compile', () => {
  // @ts-expect-error xl is not a size
  modelTable({ shared: { prompt: text }, perModel, models: { a: { size: ['s', 'xl'] } } })
  // @ts-expect-error a URL has no list
  modelTable({ shared: { prompt: text }, perModel, models: { a: { image: ['https://example.com'] } } })
})

test('a default that is not a model and a combination of what is not a column do not compile', () => {
  // @ts-expect-error b is not a model
  modelTable({ shared: { prompt: text }, models: { a: {} }, defaultModel: 'b' })
  // @ts-expect-error prompd is not a column
  modelTable({ shared: { prompt: text }, models: { a: {} }, forbidden: [{ prompd: 'x' }] })
})

test('a row narrows its column and keeps whether it may be left out', () => {
  const table = modelTable({
    shared: joined({ prompt: text }, { loop: optional(flag) }),
    perModel,
    models: { a: { size: ['s'], count: [1] } },
  })
  const given: ModelParams<typeof table, 'a'> = {
    model: 'a',
    prompt: 'x',
    count: 1,
    size: 's',
    loop: undefined,
  }
  // @ts-expect-error m is not a size of this model
  given.size = 'm'
  // @ts-expect-error count is required
  const missing: ModelParams<typeof table, 'a'> = { model: 'a', prompt: 'x' }
  return missing
})
