import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const guide = readFileSync('docs/runtimes.md', 'utf8')
const table = guide.slice(0, guide.indexOf('## Proxies'))

const pinned = [
  'node-versions',
  'others',
  'nextjs',
  'engines',
  'restate',
  'vercel-workflow',
  'ai-sdk',
  'opentelemetry',
].flatMap((folder) => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(`tools/runtimes/${folder}/package.json`, 'utf8'),
  )
  return Object.entries<string>({ ...dependencies, ...devDependencies })
})

const RUNTIMES = [
  '@opentelemetry/sdk-trace-node',
  'node-22',
  'node-24',
  'node-26',
  'bun',
  'deno',
  '@edge-runtime/vm',
  'next',
  'lambda-local',
  'ai-6',
  'ai-7',
]

test.each(RUNTIMES)('the guide of the runtimes names the release of %s that the matrix runs', (name) => {
  const version = pinned.find(([pin]) => pin === name)?.[1].replace(/^npm:.*@/, '')
  expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  expect(table).toContain(` ${version}`)
})

test('every runtime of the matrix is pinned to one release', () => {
  for (const [, version] of pinned) expect(version).toMatch(/^(npm:.*@)?\d+(\.\d+)+$/)
})
