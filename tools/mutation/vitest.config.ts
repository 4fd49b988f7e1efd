import { readFileSync } from 'node:fs'
import { defineConfig, mergeConfig } from 'vitest/config'
import { BaseSequencer, type Reporter, type TestSpecification, type Vitest } from 'vitest/node'
import base from '../../vitest.config'

// The tests of one group of files; see run.mjs.
const include = process.env.MUTATION_TESTS?.split(',') ?? []

let running: Vitest
const forStryker: Reporter = {
  onInit: (vitest) => {
    running = vitest
  },
  onTestModuleEnd: (module) => {
    // Else Stryker takes a file that cannot be imported for one without tests, and its mutant for a survivor.
    for (const error of module.errors()) running.state.catchError(error, 'Import')
    // Its runner narrows the tests of a mutant by this, whatever its option coverageAnalysis says.
    if (process.env.MUTATION_COVERAGE === 'all') Object.assign(module.meta(), { mutantCoverage: undefined })
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
  test: { include, testTimeout: 60_000, reporters: [forStryker], sequence: { sequencer: QuickFirst } },
})
