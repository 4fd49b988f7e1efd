import { readFileSync } from 'node:fs'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'

const guide = readFileSync('docs/testing.md', 'utf8')
const scripts = [...guide.matchAll(/^\| (`\{.*\}`) \|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`(.*?)`/g)].map(([, script = '']) => script),
)

test('every script of the testing guide is taken', () => {
  expect(scripts.length).toBeGreaterThan(10)
  for (const script of scripts) {
    const value: unknown = new Function(`return (${script})`)()
    expect(() => createEmulator().next(value as object)).not.toThrow()
  }
})
