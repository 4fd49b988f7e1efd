import { cpSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { runChild, withServer } from '../child.mjs'
import { toolFolder } from '../consumer.mjs'
import { exerciseExample } from '../exercise-example.mjs'
import { differences } from '../facts.mjs'
import { freePort } from '../free-port.mjs'
import { exampleEnvironment } from './examples.mjs'

/**
 * An app of the example's route handlers and of one route for each of Next's runtimes, in which the program runs.
 * @param {string} consumer
 */
const layOutApp = (consumer) => {
  const app = join(consumer, 'programs/nextjs')
  cpSync(join(consumer, 'examples/nextjs/app'), join(app, 'app'), { recursive: true })
  // A copy, because Next refuses links that lead out of the app.
  const packages = toolFolder('nextjs')
  cpSync(realpathSync(packages), join(app, 'node_modules'), { recursive: true, verbatimSymlinks: true })
  cpSync(join(packages, '../package.json'), join(app, 'package.json'))
  return app
}

/** @type {import('../row.mjs').Row[]} */
export const nextjsRows = [
  {
    name: 'next.js, node and edge routes',
    version: () => JSON.parse(readFileSync(join(toolFolder('nextjs'), 'next/package.json'), 'utf8')).version,
    run: async (context) => {
      const app = layOutApp(context.consumer)
      const port = await freePort()
      const url = `http://127.0.0.1:${port}`
      const next = join(app, 'node_modules/next/dist/bin/next')
      const quiet = { NEXT_TELEMETRY_DISABLED: '1' }
      // Without a key, as on a build machine.
      await runChild(process.execPath, [next, 'build'], { cwd: app, env: quiet, limitMs: 300_000 })

      const env = { ...exampleEnvironment(context, url), ...quiet }
      return withServer(
        process.execPath,
        [next, 'start', '-p', String(port)],
        { cwd: app, env, url },
        async () => {
          const facts = async (/** @type {string} */ runtime) => {
            const answer = await fetch(`${url}/matrix/${runtime}`)
            const seen = answer.ok ? await answer.json() : { answered: answer.status }
            return differences(seen).map((line) => `${runtime} route: ${line}`)
          }
          const example = await exerciseExample(url, context.emulator)
          return [...example, ...(await facts('node')), ...(await facts('edge'))]
        },
      )
    },
  },
]
