import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runChild } from '../child.mjs'
import { linkPackage, ROOT } from '../consumer.mjs'
import { OPENTELEMETRY } from './opentelemetry.mjs'

const ENGINES = [
  'bullmq',
  'ioredis',
  '@aws/durable-execution-sdk-js',
  '@aws-sdk/client-s3',
  '@cloudflare/workers-types',
]
const ON_WORKERD = 'examples/cloudflare-workflow/*.ts'
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
      for (const name of ENGINES) linkPackage(consumer, name, 'engines')
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
      const compile = async (/** @type {string} */ name, /** @type {object} */ options) => {
        const config = join(consumer, `tsconfig.${name}.json`)
        writeFileSync(config, JSON.stringify(options))
        await runChild(process.execPath, [join(typescript, 'bin/tsc'), '-p', config], { cwd: consumer })
      }
      await compile('examples', { compilerOptions, include: ['examples/*/**/*.ts'], exclude: [ON_WORKERD] })
      // Cloudflare's types declare what those of DOM and Node declare.
      const onWorkerd = { ...compilerOptions, lib: ['ES2022'], types: ['@cloudflare/workers-types'] }
      await compile('workflow', { compilerOptions: onWorkerd, include: [ON_WORKERD] })
      return []
    },
  },
]
