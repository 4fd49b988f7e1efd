import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { families } from '../src/models'

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, unknown> }
const entries = Object.keys(exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => ({ entry, source: entry === '.' ? 'src/index.ts' : `src/${entry.slice(2)}/index.ts` }))

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile('tsconfig.json', ts.sys.readFile).config,
  ts.sys,
  '.',
)
const program = ts.createProgram(
  entries.map(({ source }) => source),
  options,
)
const checker = program.getTypeChecker()

const isTypeOnly = ({ declarations = [] }: ts.Symbol): boolean =>
  declarations.some((it) => ts.isExportSpecifier(it) && (it.isTypeOnly || it.parent.parent.isTypeOnly))

const kindOf = (symbol: ts.Symbol): 'value' | 'type' => {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  return target.flags & ts.SymbolFlags.Value && !isTypeOnly(symbol) ? 'value' : 'type'
}

const namesIn = (source: string, kind: 'value' | 'type'): string[] => {
  const file = program.getSourceFile(source)
  const module = file && checker.getSymbolAtLocation(file)
  return (module ? checker.getExportsOfModule(module) : [])
    .filter((symbol) => kindOf(symbol) === kind)
    .map(({ name }) => name)
    .sort()
}

test.each(entries)('the public names of $entry are as recorded', async ({ source }) => {
  const values = namesIn(source, 'value')
  expect({ values, types: namesIn(source, 'type') }).toMatchSnapshot()
  expect(Object.keys(await import(/* @vite-ignore */ resolve(source))).sort()).toEqual(values)
})

test.each(['contract/events', 'contract/options', ...Object.keys(families).map((name) => `models/${name}`)])(
  'every type of src/%s.ts is exported from the package',
  (name) => {
    const types = namesIn(`src/${name}.ts`, 'type')
    expect(types).not.toEqual([])
    expect(namesIn('src/index.ts', 'type')).toEqual(expect.arrayContaining(types))
  },
)
