import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as version from '../../src/platform/version'

test("the library's version is the package's", () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  expect(Object.values(version)).toEqual([manifest.version])
})

test('the changelog begins with the current version', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const [newest] = [...readFileSync('CHANGELOG.md', 'utf8').matchAll(/^## (\S+)/gm)]
  expect(newest?.[1]).toBe(manifest.version)
})
