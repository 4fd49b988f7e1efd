import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runChild } from './child.mjs'
import { ROOT } from './consumer.mjs'

const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc')
const STRICT = {
  target: 'ES2022',
  lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  module: 'ESNext',
  moduleResolution: 'Bundler',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
}

/**
 * Compiles what a new tsconfig includes, under strict options and those that are given; the error is the compiler's.
 * @param {string} config where to write it
 * @param {{ compilerOptions: object, include: string[], exclude?: string[] }} settings
 */
export const compile = (config, { compilerOptions, ...settings }) => {
  writeFileSync(config, JSON.stringify({ compilerOptions: { ...STRICT, ...compilerOptions }, ...settings }))
  return runChild(process.execPath, [COMPILER, '-p', config], { cwd: dirname(config), limitMs: 180_000 })
}
