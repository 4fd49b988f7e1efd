import { readFileSync } from 'node:fs'
import { createEmulator } from 'runapi-video/testing'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { openEditor } from '../support/open-editor'
import { runProgram } from '../support/run-program'

const guide = readFileSync('docs/testing.md', 'utf8')
const blocks = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = '']) => ({
  name: /^\/\/ (\S+)\n/.exec(text)?.[1],
  text,
}))
const programs = blocks.filter(({ name }) => name === undefined)
const scripts = [...guide.matchAll(/^\| (`\{.*\}`) \|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`(.*?)`/g)].map(([, script = '']) => script),
)

test('every TypeScript block of the testing guide compiles', () => {
  const files = Object.fromEntries(
    blocks.map(({ name, text }, index) => [`docs/${name ?? `block-${index}.ts`}`, text]),
  )
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.')
  expect(openEditor('.', files, options).compileErrors()).toEqual([])
}, 60_000)

test('the testing guide’s programs run', async () => {
  const outputs = await Promise.all(
    programs.map(({ text }) => runProgram(text, { emulator: createEmulator() })),
  )
  expect(outputs.map(({ lines }) => lines)).toEqual([[], ['2']])
})

test('every script of the testing guide is taken', () => {
  expect(scripts.length).toBeGreaterThan(10)
  for (const script of scripts) {
    const value: unknown = new Function(`return (${script})`)()
    expect(() => createEmulator().next(value as object)).not.toThrow()
  }
})
