import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { factsIn, runChild } from '../child.mjs'
import { toolFolder } from '../consumer.mjs'
import { differences } from '../facts.mjs'
import { packageVersion } from './workerd.mjs'

const require = createRequire(import.meta.url)
/** @param {string} name */
const load = (name) => require(join(toolFolder('others'), name))

/** @typedef {'browser' | 'edge' | 'node'} Target */

/** @type {Record<Target, { entry: string, conditions: string[] }>} */
const TARGETS = {
  browser: { entry: 'bundled.mjs', conditions: ['browser'] },
  edge: { entry: 'bundled.mjs', conditions: ['edge-light'] },
  node: { entry: 'bundled-for-node.mjs', conditions: ['node'] },
}

const EXPECTED = {
  completed: 'completed',
  inLedger: 'completed',
  rehearsed: 'completed',
  webhook: 'failed',
  aiSdk: 'hailuo-02-text-to-video-standard',
}

/**
 * One bundle: where it comes from, where it goes, and for what. Webpack's is CommonJS on Node, the others are ES modules
 * there; elsewhere each is a script.
 * @typedef {{ consumer: string, input: string, outfile: string, target: Target, conditions: string[] }} Bundle
 */

/** @type {Record<string, (bundle: Bundle) => Promise<unknown>>} */
const BUNDLERS = {
  esbuild: ({ consumer, input, outfile, target, conditions }) =>
    load('esbuild').build({
      absWorkingDir: consumer,
      entryPoints: [input],
      outfile,
      bundle: true,
      format: target === 'node' ? 'esm' : 'iife',
      platform: target === 'node' ? 'node' : 'browser',
      conditions,
      logLevel: 'silent',
    }),
  webpack: ({ consumer, input, outfile, target, conditions }) =>
    new Promise((resolve, reject) => {
      const webpack = load('webpack')
      webpack(
        {
          context: consumer,
          mode: 'production',
          target: { browser: 'web', edge: 'webworker', node: 'node20' }[target],
          entry: input,
          output: { path: dirname(outfile), filename: outfile.slice(dirname(outfile).length + 1) },
          resolve: { conditionNames: [...conditions, 'import', 'default'] },
          optimization: { minimize: false },
          plugins: [new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 })],
        },
        (/** @type {Error | null} */ error, /** @type {any} */ stats) => {
          if (error ?? stats.hasErrors()) reject(error ?? new Error(stats.toString('errors-only')))
          else resolve(undefined)
        },
      )
    }),
  rollup: async ({ input, outfile, target, conditions }) => {
    const { nodeResolve } = load('@rollup/plugin-node-resolve')
    const bundle = await load('rollup').rollup({
      input,
      plugins: [nodeResolve({ browser: target === 'browser', exportConditions: conditions })],
      // Rollup alone reads no CommonJS.
      external: target === 'node' ? [/^node:/, 'undici'] : [],
      onwarn: () => {},
    })
    await bundle.write({
      file: outfile,
      format: target === 'node' ? 'es' : 'iife',
      inlineDynamicImports: true,
    })
    await bundle.close()
  },
  vite: async ({ consumer, input, outfile, target, conditions }) => {
    const { build } = await import(pathToFileURL(join(toolFolder('others'), 'vite/dist/node/index.js')).href)
    await build({
      configFile: false,
      root: consumer,
      logLevel: 'silent',
      resolve: { conditions },
      ssr: { target: target === 'node' ? 'node' : 'webworker', noExternal: true, resolve: { conditions } },
      build: {
        ssr: target !== 'browser',
        minify: false,
        emptyOutDir: false,
        outDir: dirname(outfile),
        rollupOptions: {
          input,
          output: {
            entryFileNames: outfile.slice(dirname(outfile).length + 1),
            format: target === 'node' ? 'es' : 'iife',
          },
        },
      },
    })
  },
}

// One that runs only when it is called may stay: the emulator's, for a port to listen on.
const FOR_NODE =
  /^\s*import\b[^('"]*['"](?:node:|undici)|\bfrom\s*['"](?:node:|undici)|\brequire\(\s*['"](?:node:|undici)|\bimport\(\s*['"]undici/m

/** @param {string} outfile @param {Target} target @param {string} baseUrl */
const command = (outfile, target, baseUrl) => {
  if (target === 'node') return [outfile, baseUrl]
  if (target === 'browser') return ['programs/start-page.mjs', outfile, baseUrl]
  return ['programs/start-edge-vm.mjs', join(toolFolder('others'), '@edge-runtime/vm'), outfile, baseUrl]
}

/** @type {import('../row.mjs').Row[]} */
export const bundlerRows = Object.entries(BUNDLERS).flatMap(([name, bundle]) =>
  /** @type {const} */ (['browser', 'edge', 'node']).map((target) => ({
    name: `${name} for ${target}`,
    version: () => packageVersion(name),
    inBrowser: target === 'browser',
    run: async ({ consumer, baseUrl }) => {
      const { entry, conditions } = TARGETS[target]
      const extension = target !== 'node' ? 'js' : name === 'webpack' ? 'cjs' : 'mjs'
      const outfile = join(consumer, 'bundles', `${name}-${target}.${extension}`)
      await bundle({ consumer, input: join(consumer, 'programs', entry), outfile, target, conditions })
      const found = target === 'node' ? null : FOR_NODE.exec(readFileSync(outfile, 'utf8'))
      const facts = factsIn(
        await runChild(process.execPath, command(outfile, target, baseUrl), { cwd: consumer }),
      )
      return [
        ...(found ? [`the bundle asks for Node: ${found[0].trim()}`] : []),
        ...differences(facts, target === 'node' ? { ...EXPECTED, node: ['function', 'function'] } : EXPECTED),
      ]
    },
  })),
)
