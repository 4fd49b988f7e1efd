import { join } from 'node:path'
import { bundle } from '../bundle.mjs'
import { factsIn, runChild } from '../child.mjs'
import { toolFolder } from '../consumer.mjs'
import { differences } from '../facts.mjs'
import { packageVersion } from './workerd.mjs'

/** @type {import('../row.mjs').Row[]} */
export const lambdaRows = /** @type {const} */ (['esm', 'cjs']).map((format) => ({
  name: `lambda-local ${format} bundle`,
  version: () => packageVersion('lambda-local'),
  run: async ({ consumer, baseUrl }) => {
    // As AWS's own tools bundle it. In an ESM bundle undici cannot be loaded, and the global fetch serves.
    const script = await bundle(consumer, 'programs/lambda.mjs', {
      conditions: ['node'],
      format,
      platform: 'node',
    })
    const event = JSON.stringify({ baseUrl })
    const args = ['programs/start-lambda.mjs', join(toolFolder('others'), 'lambda-local'), script, event]
    return differences(factsIn(await runChild(process.execPath, args, { cwd: consumer })))
  },
}))
