export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'tools/mutation/vitest.config.ts' },
  concurrency: 2,
  // Far above what any test takes on a busy machine: what runs out of time counts as found.
  timeoutMS: 20_000,
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false },
  jsonReporter: { fileName: `reports/mutation/${process.env.MUTATION_GROUP}.json` },
  ignorePatterns: ['dist', 'assets', 'docs', 'examples', '.github', '/tools/*/node_modules'],
  tempDirName: '.stryker-tmp',
  allowEmpty: false,
}
