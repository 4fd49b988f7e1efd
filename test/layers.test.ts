import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

// From the bottom to the top. Each name is a file or a folder of src/; a file may load what stands in a row below its
// own, and what stands in its own row as long as no circle comes of it. Type-only imports are free.
const ROWS = [
  ['errors'],
  [
    'checks',
    'clock',
    'env',
    'events',
    'gate',
    'lifetime',
    'log',
    'on-abort',
    'options',
    'own',
    'poll-schedule',
  ],
  ['endpoint', 'schema', 'task-id', 'task-state', 'version'],
  ['http', 'models', 'settings', 'transport', 'waiting'],
  ['session'],
  ['account', 'download', 'files', 'pricing', 'task', 'webhooks'],
  ['client'],
  ['index'],
  ['ai-sdk', 'cli', 'node', 'testing'],
]

const files = readdirSync('src', { recursive: true })
  .map((name) => String(name).replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts'))
const unitOf = (path: string): string => path.split('/', 1)[0]?.replace(/\.ts$/, '') ?? path
const rowOf = (path: string): number => {
  const row = ROWS.findIndex((units) => units.includes(unitOf(path)))
  // `task-wait.ts` and its like belong to the task.
  return row === -1 && unitOf(path).startsWith('task-') ? rowOf('task') : row
}

const isTypeOnly = (node: ts.ImportDeclaration | ts.ExportDeclaration): boolean => {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly
  const { phaseModifier, namedBindings, name } = node.importClause ?? {}
  if (phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  return (
    !name &&
    !!namedBindings &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.every((it) => it.isTypeOnly)
  )
}

// What a file loads, re-exports and calls when it runs.
const read = (file: string) => {
  const loads: string[] = []
  const calls: string[] = []
  let reExports = false
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const specifier = node.moduleSpecifier
      if (specifier && ts.isExportDeclaration(node)) reExports = true
      if (specifier && ts.isStringLiteral(specifier) && !isTypeOnly(node)) loads.push(specifier.text)
    } else if (ts.isCallExpression(node)) {
      const [argument] = node.arguments
      if (node.expression.kind !== ts.SyntaxKind.ImportKeyword) calls.push(node.expression.getText())
      else if (argument && ts.isStringLiteral(argument)) loads.push(argument.text)
    } else if (ts.isPropertyAccessExpression(node)) calls.push(node.getText())
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, readFileSync(join('src', file), 'utf8'), ts.ScriptTarget.ES2022, true))
  return { file, loads, calls, reExports }
}
const sources = files.map(read)

const resolve = (file: string, specifier: string): string => {
  const path = posix.join(posix.dirname(file), specifier)
  return files.find((name) => name === `${path}.ts` || name === `${path}/index.ts`) ?? path
}
const imports = sources.flatMap(({ file, loads }) =>
  loads.flatMap((specifier) => {
    if (specifier === '#transport') return [{ from: file, to: 'transport/node.ts' }]
    return specifier.startsWith('.') ? [{ from: file, to: resolve(file, specifier) }] : []
  }),
)
const loading = (name: string): string[] =>
  sources
    .filter(({ loads }) => loads.some((it) => it === name || it.startsWith(`${name}/`)))
    .map(({ file }) => file)
const calling = (...names: string[]): string[] =>
  sources.filter(({ calls }) => calls.some((it) => names.includes(it))).map(({ file }) => file)
const inside = (file: string): boolean => rowOf(file) < rowOf('testing')

test('every file of src has its row', () => {
  expect(files.filter((file) => rowOf(file) === -1)).toEqual([])
})

test('a file loads what is below it or in its row', () => {
  expect(imports.filter(({ from, to }) => rowOf(to) > rowOf(from))).toEqual([])
})

test('no import leads back to where it came from', () => {
  const circles: string[] = []
  const seen = new Map<string, 'open' | 'done'>()
  const walk = (file: string, path: readonly string[]): void => {
    if (seen.get(file) === 'open') circles.push([...path, file].join(' → '))
    if (seen.has(file)) return
    seen.set(file, 'open')
    for (const { from, to } of imports) if (from === file) walk(to, [...path, file])
    seen.set(file, 'done')
  }
  for (const file of files) walk(file, [])
  expect(circles).toEqual([])
})

test('the models are data: they load nothing of time or HTTP', () => {
  const loaded = imports.filter(({ from }) => unitOf(from) === 'models').map(({ to }) => unitOf(to))
  expect(
    loaded.filter((unit) => ['clock', 'http', 'settings', 'transport', 'waiting'].includes(unit)),
  ).toEqual([])
})

test('only index.ts files re-export, and transports that stand in for another', () => {
  const others = sources.filter(({ file, reExports }) => reExports && posix.basename(file) !== 'index.ts')
  expect(others.map(({ file }) => file).filter((file) => unitOf(file) !== 'transport')).toEqual([])
})

test('only the transport knows fetch and undici', () => {
  const users = [...calling('fetch', 'globalThis.fetch').filter(inside), ...loading('undici')]
  expect(users.filter((file) => unitOf(file) !== 'transport')).toEqual([])
})

test('only clock.ts sets timers', () => {
  const users = calling('setTimeout', 'setInterval', 'setImmediate', 'AbortSignal.timeout').filter(inside)
  expect(users.filter((file) => file !== 'clock.ts')).toEqual([])
})

test('only the schema knows zod', () => {
  expect(loading('zod').filter((file) => unitOf(file) !== 'schema')).toEqual([])
})
