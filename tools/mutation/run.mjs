// Changes the library's hard logic in small ways, one at a time, and tells which changes no test notices.
//   npm run test:mutation              every group
//   npm run test:mutation -- http      one of them, and whatever Stryker takes after it:
//   npm run test:mutation -- http --mutate src/http/url.ts --concurrency 1
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/**
 * Each group is tested by what knows it best; the whole suite for every mutant would take a day. Stryker narrows the
 * tests of a mutant to those that run it, unless `coverage` is all.
 */
const GROUPS = {
  http: {
    mutate: ['retry', 'retry-after', 'url', 'redact'].map((name) => `src/http/${name}.ts`),
    tests: ['test/http/**/*.test.ts'],
  },
  'task-state': { mutate: ['src/contract/task-state.ts'], tests: ['test/contract/task-state.test.ts'] },
  waiting: {
    mutate: ['src/waiting/**/*.ts'],
    tests: ['test/waiting/**/*.test.ts', 'test/settle.test.ts'],
  },
  schema: {
    mutate: ['src/schema/**/*.ts'],
    tests: ['test/schema/**/*.test.ts', 'test/models/contract-table.test.ts'],
    // A schema is compiled by the first test that needs it, and counted as covered by no other.
    coverage: 'all',
  },
}

const home = 'tools/mutation'
const [chosen, ...more] = process.argv.slice(2)
if (!existsSync(`${home}/node_modules`)) execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: home })

for (const [name, { mutate, tests, coverage = 'perTest' }] of Object.entries(GROUPS)) {
  if (chosen !== undefined && chosen !== name) continue
  const stryker = `${home}/node_modules/@stryker-mutator/core/bin/stryker.js`
  const options = ['--mutate', mutate.join(','), ...more]
  execFileSync(process.execPath, [stryker, 'run', `${home}/stryker.config.mjs`, ...options], {
    stdio: 'inherit',
    env: {
      ...process.env,
      MUTATION_TESTS: tests.join(','),
      MUTATION_COVERAGE: coverage,
      MUTATION_GROUP: name,
    },
  })
}
