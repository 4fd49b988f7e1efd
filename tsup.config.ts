import { readFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

// The public entry points stand once, in package.json: `./testing` is src/testing/index.ts.
const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, unknown> }
const entryPoints = Object.fromEntries(
  Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => path.replace(/^\.\/?/, ''))
    .map((name) => (name === '' ? ['index', 'src/index.ts'] : [`${name}/index`, `src/${name}/index.ts`])),
)

export default defineConfig({
  entry: {
    ...entryPoints,
    cli: 'src/cli/index.ts',
    'transport/web': 'src/transport/web.ts',
    'transport/isolated': 'src/transport/isolated.ts',
    'transport/node': 'src/transport/node.ts',
  },
  // `splitting` stays unset: ESM shares chunks, so that a class is one class in every entry point; CJS cannot.
  format: ['esm', 'cjs'],
  platform: 'neutral',
  target: 'es2022',
  clean: true,
  // Workers and Deno know the built-in modules only with their prefix.
  removeNodeProtocol: false,
  external: ['#transport', 'undici', /^node:/],
  noExternal: [/^zod/],
  dts: { entry: entryPoints, compilerOptions: { ignoreDeprecations: '6.0', stripInternal: true } },
})
