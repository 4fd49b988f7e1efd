import { defineConfig, mergeConfig } from 'vitest/config'
import type { Reporter, Vitest } from 'vitest/node'
import base from '../../vitest.config'

// The tests of one group of files; see run.mjs.
const include = process.env.MUTATION_TESTS?.split(',') ?? []

let running: Vitest
/** Without it Stryker takes a file that cannot be imported for one without tests, and its mutant for a survivor. */
const importErrors: Reporter = {
  onInit: (vitest) => {
    running = vitest
  },
  onTestModuleEnd: (module) => {
    for (const error of module.errors()) running.state.catchError(error, 'Import')
  },
}

export default defineConfig({
  resolve: mergeConfig({}, base.resolve ?? {}),
  test: { include, testTimeout: 20_000, reporters: [importErrors] },
})
