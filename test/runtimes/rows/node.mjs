import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { factsIn, runChild } from '../child.mjs'
import { toolFolder } from '../consumer.mjs'
import { differences } from '../facts.mjs'

const onLinuxX64 = process.platform === 'linux' && process.arch === 'x64'

/**
 * The binary of a Node release; the one that runs this file where it is of that release.
 * @param {number} major
 */
export const nodeBinary = (major) =>
  process.versions.node.startsWith(`${major}.`)
    ? process.execPath
    : join(toolFolder('node-versions'), `node-${major}`, 'bin/node')

/** The release that runs a `.ts` file as it stands. */
export const NODE_WITH_TYPES = 24

/** @param {number} major */
export const nodeUnavailable = (major) => {
  if (process.versions.node.startsWith(`${major}.`)) return undefined
  if (major === 20) return 'run the matrix itself with Node 20'
  return onLinuxX64 ? undefined : 'the registry package of this binary is for Linux on x64'
}

/** @param {string} file */
export const versionOf = (file) =>
  /\d+\.\d+\.\d+/.exec(execFileSync(file, ['--version'], { encoding: 'utf8', stdio: 'pipe' }))?.[0] ?? ''

/** @type {import('../row.mjs').Row[]} */
export const nodeRows = [20, 22, 24, 26].flatMap((major) =>
  [
    { format: 'esm', entry: 'entry.mjs' },
    { format: 'cjs', entry: 'entry.cjs' },
  ].map(({ format, entry }) => ({
    name: `node ${major} ${format}`,
    version: () => versionOf(nodeBinary(major)),
    unavailable: () => nodeUnavailable(major),
    run: async ({ consumer, baseUrl }) =>
      differences(
        factsIn(await runChild(nodeBinary(major), [`programs/${entry}`, baseUrl], { cwd: consumer })),
      ),
  })),
)
