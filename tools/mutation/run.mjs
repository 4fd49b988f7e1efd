// Changes the library's hard logic in small ways, one at a time, and tells which changes no test notices.
//   npm run test:mutation              every group
//   npm run test:mutation -- http      one of them
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Each group is tested by what knows it best; the whole suite for every mutant would take a day. */
const GROUPS = {
  http: {
    mutate: ['retry', 'retry-after', 'url', 'redact'].map((name) => `src/http/${name}.ts`),
    tests: ['test/http/**/*.test.ts'],
  },
  'task-state': { mutate: ['src/task-state.ts'], tests: ['test/task-state.test.ts'] },
  waiting: {
    mutate: ['src/waiting/**/*.ts'],
    tests: ['test/waiting/**/*.test.ts', 'test/settle.test.ts'],
  },
  schema: {
    mutate: ['src/schema/**/*.ts'],
    tests: ['test/schema/**/*.test.ts', 'test/models/contract-table.test.ts'],
  },
}

const home = 'tools/mutation'
const chosen = process.argv[2]
if (!existsSync(`${home}/node_modules`)) execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: home })

for (const [name, { mutate, tests }] of Object.entries(GROUPS)) {
  if (chosen !== undefined && chosen !== name) continue
  const stryker = `${home}/node_modules/@stryker-mutator/core/bin/stryker.js`
  execFileSync(
    process.execPath,
    [stryker, 'run', `${home}/stryker.config.json`, '--mutate', mutate.join(',')],
    { stdio: 'inherit', env: { ...process.env, MUTATION_TESTS: tests.join(','), MUTATION_GROUP: name } },
  )
}
