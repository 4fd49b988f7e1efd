import { join } from 'node:path'
import { runChild } from '../child.mjs'
import { ROOT } from '../consumer.mjs'
import { nodeBinary, nodeUnavailable, versionOf } from './node.mjs'

/**
 * The unit tests on each Node release.
 * @type {import('../row.mjs').Row[]}
 */
export const suiteRows = [20, 22, 24, 26].map((major) => ({
  name: `unit tests on node ${major}`,
  version: () => versionOf(nodeBinary(major)),
  unavailable: () => nodeUnavailable(major),
  sendsNothing: true,
  run: async () => {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
    const args = [vitest, 'run', '--project', 'unit', '--typecheck.enabled=false']
    await runChild(nodeBinary(major), args, { cwd: ROOT, limitMs: 600_000 })
    return []
  },
}))
