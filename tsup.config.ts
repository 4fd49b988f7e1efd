import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig, type Options } from 'tsup'
import ts from 'typescript'

// The public entry points stand once, in package.json: `./testing` is src/testing/index.ts.
const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, unknown> }
const entryPoints = Object.fromEntries(
  Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => path.replace(/^\.\/?/, ''))
    .map((name) => (name === '' ? ['index', 'src/index.ts'] : [`${name}/index`, `src/${name}/index.ts`])),
)

/**
 * V8 parses the arrow functions of a module in full while it loads, but skims a function declaration until its first
 * call, so that an import takes three quarters of the time.
 */
const functionDeclarations: NonNullable<Options['plugins']>[number] = {
  name: 'function-declarations',
  renderChunk: (code) => {
    const file = ts.createSourceFile('chunk.js', code, ts.ScriptTarget.ES2022)
    const text = (node: ts.Node) => node.getText(file)
    const declare = (statement: ts.Statement) => {
      const declared = ts.isVariableStatement(statement) && statement.declarationList.declarations
      const [{ name, initializer: arrow } = {}, ...others] = declared || []
      if (!name || !arrow || !ts.isArrowFunction(arrow) || others.length > 0) return text(statement)
      const { modifiers = [], parameters, body } = arrow
      const heading = [...modifiers, 'function', name].map((part) =>
        typeof part === 'string' ? part : text(part),
      )
      const block = ts.isBlock(body) ? text(body) : `{\n  return ${text(body)};\n}`
      return `${heading.join(' ')}(${parameters.map(text).join(', ')}) ${block}`
    }
    const starts = file.statements.map((statement) => statement.getStart(file))
    const ends = [0, ...file.statements.map(({ end }) => end)]
    const parts = file.statements.map((statement, n) => code.slice(ends[n], starts[n]) + declare(statement))
    return { code: parts.join('') + code.slice(ends.at(-1)) }
  },
}

const everywhere = {
  format: ['esm', 'cjs'],
  platform: 'neutral',
  target: 'es2022',
  // Workers and Deno know the built-in modules only with their prefix.
  removeNodeProtocol: false,
  external: ['#transport', 'undici', /^node:/],
  plugins: [functionDeclarations],
} satisfies Options

const LIBRARY_USERS =
  /src\/(?:(?:testing|node|ai-sdk|ledger|openclaw)\/index|cli\/(?:commands\/\w+|params|run-command))\.ts$/

// Every command shares all that commands share, so that it is one chunk too.
const sharedBy = (path: string): string[] => {
  const ofCommands = ['client', 'local-files', 'wait-with-progress', 'task-argument', 'format-error']
  return ['src/index.ts', ...(/src\/cli\//.test(path) ? ofCommands.map((name) => `src/cli/${name}.ts`) : [])]
}

/**
 * Each file of an import costs Node about a millisecond, and a chunk comes of every set of entry points that share
 * code. So all but the webhooks, which stay light, load what the main entry loads: that is one chunk, and what the
 * webhooks share with it a second one.
 */
const fewChunks: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'few-chunks',
  setup: (build) => {
    build.onResolve({ filter: /^\.{0,2}\// }, async ({ path, pluginData, ...from }) => {
      if (pluginData === 'resolved' || from.importer.includes('node_modules')) return undefined
      const resolved = await build.resolve(path, { ...from, pluginData: 'resolved' })
      // `runapi-video --version` loads nothing of the library, so it has a version of its own.
      const suffix = /src\/cli\/run\.ts$/.test(from.importer) && /\/version$/.test(path) ? '?cli' : ''
      return { ...resolved, suffix, sideEffects: true }
    })
    build.onLoad({ filter: LIBRARY_USERS }, ({ path }) => ({
      contents: [
        readFileSync(path, 'utf8'),
        ...sharedBy(path).map((file) => `import '${resolve(file)}'`),
      ].join('\n'),
      loader: 'ts',
    }))
  },
}

/** zod walks its own tables with `for in`, so a polluted Object.prototype would end the first check of parameters. */
const ownKeys: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'own-keys',
  setup: (build) => {
    build.onLoad({ filter: /zod\/v4\/core\/(?:util|schemas)\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        /for \(const (\w+) in (table|shape)\)/g,
        'for (const $1 of Object.keys($2))',
      ),
    }))
  },
}

export default defineConfig([
  {
    ...everywhere,
    entry: { ...entryPoints, cli: 'src/cli/index.ts', 'openclaw/index': 'src/openclaw/index.ts' },
    clean: ['!transport/**'],
    // `splitting` stays unset: ESM shares chunks, so that a class is one class in every entry point; CJS cannot.
    noExternal: [/^zod/],
    esbuildPlugins: [fewChunks, ownKeys],
    // Rollup warns here of circular re-exports through src/ai-sdk: declarations are never executed, so nothing breaks.
    // The declarations name Symbol.asyncDispose, which the libraries of most users do not have yet.
    dts: {
      banner: '/// <reference lib="esnext.disposable" />',
      entry: entryPoints,
      compilerOptions: { ignoreDeprecations: '6.0', stripInternal: true },
    },
  },
  {
    ...everywhere,
    entry: { web: 'src/transport/web.ts', node: 'src/transport/node.ts' },
    outDir: 'dist/transport',
    clean: true,
    // Each stands alone: one file to load.
    splitting: false,
  },
])
