import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as version from '../../src/platform/version'

test("the library's version is the package's", () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  expect(Object.values(version)).toEqual([manifest.version])
})

test('the changelog begins with the current version, below what is not released', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const versions = [...readFileSync('CHANGELOG.md', 'utf8').matchAll(/^## (\S+)/gm)].map(([, name]) => name)
  expect(versions.find((name) => name !== 'Unreleased')).toBe(manifest.version)
  expect(versions.lastIndexOf('Unreleased')).toBeLessThanOrEqual(0)
})
