import { defineConfig } from 'tsup'

const entryPoints = { index: 'src/index.ts', 'testing/index': 'src/testing/index.ts' }

export default defineConfig({
  entry: {
    ...entryPoints,
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
