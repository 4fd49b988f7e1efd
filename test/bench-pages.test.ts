import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { withTables } from '../bench/tables.mjs'

const results = JSON.parse(readFileSync('bench/results.json', 'utf8'))

test.each([
  'README.md',
  'README.zh-CN.md',
  'docs/runtimes.md',
  'docs/scale.md',
  'docs/waiting.md',
  'bench/README.md',
])('every table of %s is what the bench measured', (path) => {
  const page = readFileSync(path, 'utf8')
  expect(page).toContain('<!-- bench: ')
  expect(page).toBe(withTables(page, results))
})
