import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runChild } from '../child.mjs'
import { linkPackage, ROOT } from '../consumer.mjs'
import { OPENTELEMETRY } from './opentelemetry.mjs'

const typescript = join(ROOT, 'node_modules/typescript')

/** @type {import('../row.mjs').Row[]} */
export const exampleTypesRows = [
  {
    name: 'example types',
    version: () => JSON.parse(readFileSync(join(typescript, 'package.json'), 'utf8')).version,
    sendsNothing: true,
    run: async ({ consumer }) => {
      for (const name of ['hono', '@hono/node-server', 'express', '@types/express'])
        linkPackage(consumer, name)
      for (const name of OPENTELEMETRY) linkPackage(consumer, name, 'opentelemetry')
      symlinkSync(join(ROOT, 'node_modules/@types/node'), join(consumer, 'node_modules/@types/node'), 'dir')
      const compilerOptions = {
        target: 'ES2022',
        lib: ['ES2022', 'DOM', 'DOM.Iterable'],
        module: 'ESNext',
        moduleResolution: 'Bundler',
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: true,
        noEmit: true,
        types: ['node'],
      }
      const config = join(consumer, 'tsconfig.examples.json')
      writeFileSync(config, JSON.stringify({ compilerOptions, include: ['examples/*/**/*.ts'] }))
      await runChild(process.execPath, [join(typescript, 'bin/tsc'), '-p', config], { cwd: consumer })
      return []
    },
  },
]
