import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { factsIn, runChild } from '../child.mjs'
import { toolFolder } from '../consumer.mjs'
import { differences } from '../facts.mjs'
import { versionOf } from './node.mjs'

const { platform, arch } = process

export const bunBinary = () => join(toolFolder('others'), `@oven/bun-${platform}-${arch}/bin/bun`)
export const denoBinary = () =>
  join(toolFolder('others'), `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}/deno`)

/** @param {string} file */
const missing = (file) =>
  existsSync(file) ? undefined : `the registry has no binary for ${platform} ${arch}`

/** @type {import('../row.mjs').Row[]} */
export const bunAndDenoRows = [
  {
    name: 'bun',
    version: () => versionOf(bunBinary()),
    unavailable: () => missing(bunBinary()),
    run: async ({ consumer, baseUrl }) =>
      differences(factsIn(await runChild(bunBinary(), ['programs/entry.mjs', baseUrl], { cwd: consumer }))),
  },
  {
    name: 'deno',
    version: () => versionOf(denoBinary()),
    unavailable: () => missing(denoBinary()),
    run: async ({ consumer, baseUrl }) => {
      // No permission to read variables: what Deno refuses counts as unset.
      const permissions = ['--allow-net=127.0.0.1', '--no-prompt', '--node-modules-dir=manual']
      const args = ['run', ...permissions, 'programs/entry.mjs', baseUrl]
      return differences(factsIn(await runChild(denoBinary(), args, { cwd: consumer })))
    },
  },
]
