import { createRequire } from 'node:module'
import { join } from 'node:path'
import { toolFolder } from './consumer.mjs'

const require = createRequire(import.meta.url)

/**
 * Bundles a file of the consumer's folder as a platform's own tool would, and gives the path of the bundle.
 * @param {string} consumer
 * @param {string} entry
 * @param {{ conditions: string[], format: 'esm' | 'cjs' | 'iife', platform?: 'node' | 'browser' | 'neutral', define?: Record<string, string> }} options
 */
export const bundle = async (consumer, entry, { conditions, format, platform = 'browser', define = {} }) => {
  const { build } = require(join(toolFolder('others'), 'esbuild'))
  const extension = { esm: 'mjs', cjs: 'cjs', iife: 'js' }[format]
  const outfile = join(
    consumer,
    'bundles',
    `${entry.replaceAll(/\W+/g, '-')}-${conditions.join('-')}.${extension}`,
  )
  await build({
    absWorkingDir: consumer,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format,
    platform,
    conditions,
    define,
    // What workerd itself provides.
    external: ['cloudflare:*'],
    target: 'es2022',
    logLevel: 'silent',
  })
  return outfile
}
