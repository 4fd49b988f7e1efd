import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { compile } from '../compile.mjs'
import { linkPackage, ROOT } from '../consumer.mjs'
import { OPENTELEMETRY } from './opentelemetry.mjs'

const ENGINES = [
  'bullmq',
  'ioredis',
  '@aws/durable-execution-sdk-js',
  '@aws-sdk/client-s3',
  '@cloudflare/workers-types',
  'pg-boss',
  'pg',
  '@types/pg',
  '@dbos-inc/dbos-sdk',
  '@restatedev/restate-sdk',
]
const ON_WORKERD = ['examples/cloudflare-workflow/*.ts', 'examples/shared-ledger/durable-object-store.ts']
const manifest = join(ROOT, 'node_modules/typescript/package.json')

/** @type {import('../row.mjs').Row[]} */
export const exampleTypesRows = [
  {
    name: 'example types',
    version: () => JSON.parse(readFileSync(manifest, 'utf8')).version,
    sendsNothing: true,
    run: async ({ consumer }) => {
      for (const name of ['hono', '@hono/node-server', 'express', '@types/express'])
        linkPackage(consumer, name)
      for (const name of OPENTELEMETRY) linkPackage(consumer, name, 'opentelemetry')
      symlinkSync(join(ROOT, 'node_modules/@types/node'), join(consumer, 'node_modules/@types/node'), 'dir')
      linkPackage(consumer, 'ai-7', 'ai-sdk')
      for (const name of ENGINES) linkPackage(consumer, name, 'engines')
      linkPackage(consumer, 'workflow', 'vercel-workflow')
      await compile(join(consumer, 'tsconfig.examples.json'), {
        compilerOptions: { types: ['node'], paths: { ai: ['./node_modules/ai-7'] } },
        include: ['examples/*/**/*.ts'],
        exclude: ON_WORKERD,
      })
      await compile(join(consumer, 'tsconfig.workflow.json'), {
        // Cloudflare's types declare what those of DOM and Node declare.
        compilerOptions: { lib: ['ES2022'], types: ['@cloudflare/workers-types'] },
        include: ON_WORKERD,
      })
      return []
    },
  },
]
