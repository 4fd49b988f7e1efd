import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from '../bundle.mjs'
import { factsIn, runChild } from '../child.mjs'
import { toolFolder } from '../consumer.mjs'
import { differences } from '../facts.mjs'
import { API_KEY } from '../programs/program.mjs'
import { versionOf } from './node.mjs'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const chromium = process.env.CHROMIUM_PATH ?? PLACES.find((path) => existsSync(path))

/** @type {import('../row.mjs').Row[]} */
export const chromiumRows = [
  {
    name: 'chromium',
    version: () => versionOf(chromium ?? ''),
    unavailable: () =>
      chromium === undefined ? 'no browser: install chromium, or set CHROMIUM_PATH' : undefined,
    inBrowser: true,
    run: async ({ consumer, baseUrl }) => {
      const script = await bundle(consumer, 'programs/page.mjs', { conditions: ['browser'], format: 'esm' })
      const playwright = join(toolFolder('others'), 'playwright-core')
      const args = ['programs/start-chromium.mjs', playwright, chromium ?? '', script, baseUrl, API_KEY]
      const facts = factsIn(await runChild(process.execPath, args, { cwd: consumer }))
      return [
        ...['proxied', 'direct', 'worker'].flatMap((way) =>
          differences(/** @type {Record<string, unknown>} */ (facts[way])).map((line) => `${way}: ${line}`),
        ),
        ...differences(facts, { leaked: 'configuration' }),
      ]
    },
  },
]
