import { copyFileSync, readdirSync, statfsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toolFolder } from '../consumer.mjs'
import { agentTurns } from '../openclaw/agent-turns.mjs'
import { guideCommands } from '../openclaw/guide-commands.mjs'
import { invocations } from '../openclaw/invocations.mjs'
import { keys } from '../openclaw/keys.mjs'
import { createOpenClaw } from '../openclaw/open-claw.mjs'
import { nodeUnavailable } from './node.mjs'

const require = createRequire(import.meta.url)

// OpenClaw takes 830 MB, and as much again while npm lays it out.
const NEEDED_BYTES = 3_000_000_000

const unavailable = () => {
  const { bavail, bsize } = statfsSync(tmpdir())
  if (bavail * bsize < NEEDED_BYTES) return 'the disk has less than 3 GB left'
  return nodeUnavailable(24)
}

/** @type {import('../row.mjs').Row[]} */
export const openClawRows = [
  {
    name: 'OpenClaw',
    version: () => require(join(toolFolder('openclaw'), 'openclaw/package.json')).version,
    unavailable,
    emulator: { takesMs: 250 },
    run: async (context) => {
      const { consumer } = context
      const openClaw = createOpenClaw()
      try {
        const tarball = readdirSync(consumer).find((name) => name.endsWith('.tgz')) ?? ''
        // The guide's commands name it so.
        copyFileSync(join(consumer, tarball), join(openClaw.workspace, 'runapi-video.tgz'))
        /** @type {string[]} */
        const complaints = []
        for (const scene of [guideCommands, invocations, agentTurns, keys]) {
          // What one scene found is not lost when the next one throws.
          complaints.push(
            ...(await scene(openClaw, context).catch((error) => [`${scene.name}: ${error.message}`])),
          )
        }
        return complaints
      } finally {
        openClaw.remove()
      }
    },
  },
]
