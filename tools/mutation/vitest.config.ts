import { defineConfig, mergeConfig } from 'vitest/config'
import base from '../../vitest.config'

// The tests of one group of files; see run.mjs.
const include = process.env.MUTATION_TESTS?.split(',') ?? []

export default defineConfig({
  resolve: mergeConfig({}, base.resolve ?? {}),
  test: { include, testTimeout: 20_000 },
})
