import { join } from 'node:path'
import { bundle } from '../bundle.mjs'
import { factsIn, runChild } from '../child.mjs'
import { toolFolder } from '../consumer.mjs'
import { differences } from '../facts.mjs'
import { packageVersion } from './workerd.mjs'

/** @type {import('../row.mjs').Row[]} */
export const edgeVmRows = [
  {
    name: '@edge-runtime/vm',
    version: () => packageVersion('@edge-runtime/vm'),
    run: async ({ consumer, baseUrl }) => {
      const script = await bundle(consumer, 'programs/edge.mjs', {
        conditions: ['edge-light'],
        format: 'iife',
      })
      const args = [
        'programs/start-edge-vm.mjs',
        join(toolFolder('others'), '@edge-runtime/vm'),
        script,
        baseUrl,
      ]
      return differences(factsIn(await runChild(process.execPath, args, { cwd: consumer })))
    },
  },
]
