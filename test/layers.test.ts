import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

// The rooms of src/, from the bottom to the top. A file imports from its own room and from those before it, type-only
// imports included. `client` and `session` are files.
const ROOMS = [
  'platform',
  'limits',
  'waiting',
  'contract',
  'errors',
  'settings',
  'schema',
  'models',
  'transport',
  'http',
  'session',
  'money',
  'task',
  'transfer',
  'webhooks',
  'client',
  'index',
  'ledger',
  'ai-sdk',
  'node',
  'openclaw',
  'testing',
  'cli',
]

const files = readdirSync('src', { recursive: true })
  .map((name) => String(name).replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts'))
const roomOf = (path: string): string => path.split('/', 1)[0]?.replace(/\.ts$/, '') ?? path
const levelOf = (path: string): number => ROOMS.indexOf(roomOf(path))

// What a file loads, re-exports and calls when it runs.
const read = (file: string) => {
  const loads: string[] = []
  const calls: string[] = []
  let reExports = false
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const specifier = node.moduleSpecifier
      if (specifier && ts.isExportDeclaration(node)) reExports = true
      if (specifier && ts.isStringLiteral(specifier)) loads.push(specifier.text)
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
const inside = (file: string): boolean => levelOf(file) < levelOf('testing')

test('every file of src has its room', () => {
  expect(files.filter((file) => levelOf(file) === -1)).toEqual([])
})

test('a file imports from its own room and those below it, types included', () => {
  expect(imports.filter(({ from, to }) => levelOf(to) > levelOf(from))).toEqual([])
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
  const loaded = imports.filter(({ from }) => roomOf(from) === 'models').map(({ to }) => to)
  expect(
    loaded.filter((file) => file === 'platform/clock.ts' || ['http', 'transport'].includes(roomOf(file))),
  ).toEqual([])
})

test('the provider of the AI SDK is built on the public API alone', () => {
  const others = imports.filter(({ from, to }) => roomOf(from) === 'ai-sdk' && roomOf(to) !== 'ai-sdk')
  expect(others.map(({ to }) => to).filter((file) => file !== 'index.ts')).toEqual([])
})

test('only index.ts files re-export, and transports that stand in for another', () => {
  const others = sources.filter(({ file, reExports }) => reExports && posix.basename(file) !== 'index.ts')
  expect(others.map(({ file }) => file).filter((file) => roomOf(file) !== 'transport')).toEqual([])
})

test('only the transport knows fetch and undici', () => {
  const users = [...calling('fetch', 'globalThis.fetch').filter(inside), ...loading('undici')]
  expect(users.filter((file) => roomOf(file) !== 'transport')).toEqual([])
})

test('only clock.ts sets timers', () => {
  const users = calling('setTimeout', 'setInterval', 'setImmediate', 'AbortSignal.timeout').filter(inside)
  expect(users.filter((file) => file !== 'platform/clock.ts')).toEqual([])
})

test('only the schema knows zod', () => {
  expect(loading('zod').filter((file) => roomOf(file) !== 'schema')).toEqual([])
})

test('the waiting engine knows neither HTTP nor tasks', () => {
  const known = imports.filter(({ from }) => roomOf(from) === 'waiting').map(({ to }) => roomOf(to))
  expect([...new Set(known)].sort()).toEqual(['limits', 'platform', 'waiting'])
})

const page = readFileSync('docs/architecture.md', 'utf8')

test('the architecture page names every room, and only files that exist', () => {
  const named = [...page.matchAll(/`(src\/[\w/-]+\.ts)`/g)].map(([, file = '']) => file)
  expect(named.filter((file) => !files.includes(file.replace('src/', '')))).toEqual([])
  const rooms = [...page.matchAll(/`([\w-]+)\/`/g)].map(([, room = '']) => room)
  const folders = [...new Set(files.filter((file) => file.includes('/')).map(roomOf))]
  expect(folders.filter((room) => !rooms.includes(room))).toEqual([])
})

// A step is `3. `src/a.ts` (from `b.ts`): …`, or `(as `code`)`; `now `name`` says that the value changes its name.
const STEP =
  /^\d+\. `src\/(?<file>[\w/-]+\.ts)`(?: \(from `(?<from>[\w-]+\.ts)`\)| \(as `(?<code>[^`]+)`\))?: (?<text>.*)$/gm
const ways = page
  .split(/^\*\*/m)
  .slice(1)
  .map((way) => way.split(/^## /m)[0] ?? '')
  .map((way) => ({
    way,
    title: way.split('**')[0] ?? '',
    steps: [...way.matchAll(STEP)].map((it) => it.groups),
  }))
const codeOf = (file: string): string =>
  readFileSync(join('src', file), 'utf8').replace(
    /^(?:import|export) [^'\n]*?from '.*'$|^\} from '.*'$/gm,
    '',
  )
const areLinked = (one: string, other: string): boolean =>
  imports.some(({ from, to }) => (from === one && to === other) || (from === other && to === one))

test('five ways lead through the code, each through eight files at most', () => {
  expect(ways).toHaveLength(5)
  for (const { way, steps } of ways) {
    expect(way.match(/^\d+\. /gm)).toHaveLength(steps.length)
    const named = new Set([...way.matchAll(/`src\/[\w/-]+\.ts`/g)].map(([file]) => file))
    expect([...named].length).toBeLessThanOrEqual(8)
    expect(named.size).toBe(steps.length)
  }
})

test('the ways begin and end where their titles say, and a step that goes needs a change here', () => {
  const ends = ways.map(({ steps }) => [steps[0]?.file, steps.at(-1)?.file, steps.length])
  expect(ends).toEqual([
    ['task/create.ts', 'transport/fetch.ts', 8],
    ['task/wait.ts', 'transport/fetch.ts', 8],
    ['transport/fetch.ts', 'task/wait.ts', 8],
    ['task/create.ts', 'errors/run-api-error.ts', 7],
    ['webhooks/verify-webhook.ts', 'task/wait.ts', 8],
  ])
})

test('each file of a way follows from the one before, or from the call that the step names', () => {
  const lost = ways.flatMap(({ title, steps }) =>
    steps.slice(1).flatMap((step, index) => {
      const { file = '', from, code } = step ?? {}
      const before = steps.slice(0, index + 1).map((it) => it?.file ?? '')
      const previous = before.at(-1) ?? ''
      const caller = before.find((it) => posix.basename(it) === from) ?? (from ? '' : previous)
      const follows = code
        ? [previous, file].some((it) => codeOf(it).includes(code))
        : areLinked(caller, file)
      return follows ? [] : [`${title}: ${file}`]
    }),
  )
  expect(lost).toEqual([])
})

test('each file of a way holds the name of its value, which changes once at most', () => {
  const nameless = ways.flatMap(({ title, way, steps }) => {
    expect(way.match(/: now `/g)?.length ?? 0).toBeLessThanOrEqual(1)
    let [, name = ''] = /`(\w+)`/.exec(title) ?? []
    return steps.flatMap((step) => {
      const { file = '', text = '' } = step ?? {}
      name = /^now `(\w+)`/.exec(text)?.[1] ?? name
      return new RegExp(`\\b${name}\\b`).test(codeOf(file)) ? [] : [`${title}: ${file} has no ${name}`]
    })
  })
  expect(nameless).toEqual([])
})
