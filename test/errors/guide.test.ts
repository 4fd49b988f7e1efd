import { readFileSync } from 'node:fs'
import * as library from 'runapi-video'
import { expect, test } from 'vitest'

const guide = readFileSync('docs/errors.md', 'utf8')
const { RunApiError } = library

type ErrorClass = new (message: string, init: object) => InstanceType<typeof RunApiError>
const classes = Object.entries(library).filter(([name]) => name.endsWith('Error') && name !== 'RunApiError')

const make = (Class: unknown): InstanceType<typeof RunApiError> =>
  new (Class as ErrorClass)('said', {
    status: 418,
    issues: [],
    failure: { message: 'said' },
    reason: 'content',
  })

const rows = new Map(
  [...guide.matchAll(/^\| `(\w+Error)` \| `(\w+)` \| (\w+) \| .+ \|$/gm)].map(
    ([, name = '', code, retryable]) => [name, { code, retryable }],
  ),
)

test('the table of the error guide names every class once', () => {
  expect([...rows.keys()].sort()).toEqual(classes.map(([name]) => name).sort())
})

const RETRYABLE_STATUS: Readonly<Record<string, number>> = {
  RateLimitError: 429,
  ServerError: 503,
  ApiError: 408,
}

test.each(classes)('the error guide tells the code of %s and whether it is retryable', (name, Class) => {
  const row = rows.get(name)
  const status = RETRYABLE_STATUS[name]
  const error = status === undefined ? make(Class) : new (Class as ErrorClass)('said', { status })
  expect(error.code).toBe(row?.code)
  expect(error.retryable).toBe(row?.retryable !== 'no')
  expect(row?.retryable).toMatch(name === 'ApiError' ? /^408$/ : /^(yes|no)$/)
})

const tree = [...guide.matchAll(/^([│├└─ ]*)(\w+Error)$/gm)].map(([, indent = '', name = '']) => ({
  depth: indent.length / 4,
  name,
}))

test('the tree of the error guide is the tree of the classes', () => {
  const path: string[] = []
  const parents = tree.map(({ depth, name }) => {
    path.splice(depth, path.length, name)
    return [name, path.at(-2) ?? 'Error']
  })
  const actual = Object.entries(library)
    .filter(([name]) => name.endsWith('Error'))
    .map(([name, Class]) => [name, (Object.getPrototypeOf(Class) as { name: string }).name])
  expect(parents.sort()).toEqual(actual.sort())
})
