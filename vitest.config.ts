import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url))

/** What the guides, examples and editors show: compiled, then run. */
const compiling = [
  'test/guides.test.ts',
  'test/readme.test.ts',
  'test/serverless-guide.test.ts',
  'test/engines-guide.test.ts',
  'test/examples.test.ts',
  'test/example-servers.test.ts',
  'test/testing/guide.test.ts',
  'test/models/hovers.test.ts',
]

/** Real sockets, files, processes and replaced globals. */
const onSockets = [
  'test/{cli,faults,node,transfer,transport}/**/*.test.ts',
  'test/{chaos,leaks,secrets}.test.ts',
  'test/ledger/{file-store,proofs}.test.ts',
  'test/task/left-behind.test.ts',
  'test/testing/{listen,cors,webhooks,with-client,around-the-task}.test.ts',
]

export default defineConfig({
  resolve: {
    alias: [
      { find: /^runapi-video$/, replacement: source('index.ts') },
      { find: /^runapi-video\/(\w[\w-]*)$/, replacement: source('$1/index.ts') },
      { find: '#transport', replacement: source('transport/node.ts') },
    ],
  },
  test: {
    // Tests of sockets and of processes mostly wait, so two cores have time for more than one of them.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...compiling, ...onSockets, 'test/package/**'],
          // Most files take less time than a context of their own; those that replace globals are among the others.
          isolate: false,
          // Virtual time turns the event loop many times, which takes long where other work shares the machine.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: 'sockets', include: onSockets, testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'docs',
          include: compiling,
          // Compiling in a test takes seconds where other work shares the machine.
          testTimeout: 60_000,
          typecheck: {
            enabled: true,
            include: ['test/**/*.test-d.ts'],
            tsconfig: 'test/tsconfig.types.json',
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          globalSetup: ['test/package/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
