import { readFileSync } from 'node:fs'
import { defineConfig, mergeConfig } from 'vitest/config'
import { BaseSequencer, type Reporter, type TestSpecification, type Vitest } from 'vitest/node'
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

const triesManyInputs = ({ moduleId }: TestSpecification): boolean =>
  readFileSync(moduleId, 'utf8').includes(`from 'fast-check'`)

/** The first failure ends the tests of a mutant, so what tries thousands of inputs comes last. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.sort((a, b) => Number(triesManyInputs(a)) - Number(triesManyInputs(b)))
  }
}

export default defineConfig({
  resolve: mergeConfig({}, base.resolve ?? {}),
  test: { include, testTimeout: 60_000, reporters: [importErrors], sequence: { sequencer: QuickFirst } },
})
