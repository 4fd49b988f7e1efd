import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { factsIn, runChild } from '../child.mjs'
import { linkPackage, toolFolder } from '../consumer.mjs'
import { differences } from '../facts.mjs'
import { exampleEnvironment } from './examples.mjs'
import { NODE_WITH_TYPES, nodeBinary, nodeUnavailable } from './node.mjs'

export const OPENTELEMETRY = ['api', 'instrumentation-undici', 'sdk-trace-node'].map(
  (name) => `@opentelemetry/${name}`,
)

const MODEL = 'hailuo-02-text-to-video-standard'

/** A span as the program tells of it. */
const create = {
  name: 'hailuo.textToVideo create',
  endpoint: 'hailuo.textToVideo',
  model: MODEL,
  hasTask: true,
  hasRequestId: true,
  outcome: 'created',
  error: undefined,
  isError: false,
  events: /** @type {string[]} */ ([]),
  hasEachPoll: true,
  lasted: true,
}
const notCreated = { ...create, model: undefined, hasTask: false, outcome: 'not_created', isError: true }
const wait = { ...create, name: 'hailuo.textToVideo wait', outcome: 'completed', events: ['poll'] }

const TASKS = 15
const SHARED_WAITS = 12

/** What the program must see, but for the number of requests. */
const EXPECTED = {
  busyOnce: [{ ...create, events: ['retry'] }, wait],
  fails: [create, { ...wait, outcome: 'failed', error: 'failed', isError: true }],
  invalid: [{ ...notCreated, hasRequestId: false, error: 'validation' }],
  unauthorized: [{ ...notCreated, error: 'authentication' }],
  aborted: [create, { ...wait, outcome: 'aborted', error: 'aborted' }],
  together: Array.from({ length: SHARED_WAITS }, () =>
    ['create', 'wait', 'wait'].map((name) => `hailuo.textToVideo ${name} true`),
  ),
  spansOfLibrary: TASKS + 2 + TASKS + SHARED_WAITS,
  orphans: 0,
  leaks: [],
}

const version = () =>
  JSON.parse(
    readFileSync(join(toolFolder('opentelemetry'), '@opentelemetry/sdk-trace-node/package.json'), 'utf8'),
  ).version

/** @param {string} consumer */
const linkPackages = (consumer) => {
  for (const name of OPENTELEMETRY) linkPackage(consumer, name, 'opentelemetry')
}

/** @type {import('../row.mjs').Row[]} */
export const openTelemetryRows = [
  {
    name: 'OpenTelemetry',
    version,
    run: async ({ consumer, baseUrl, emulator }) => {
      linkPackages(consumer)
      const example = readFileSync(join(consumer, 'examples/opentelemetry/record-spans.ts'), 'utf8')
      // For the releases of Node that do not run a `.ts` file.
      const { outputText } = ts.transpileModule(example, {
        compilerOptions: { module: ts.ModuleKind.ESNext },
      })
      writeFileSync(join(consumer, 'programs/record-spans.mjs'), outputText)
      emulator.next({ faults: { create: [{ status: 503 }] } })
      emulator.next({ outcome: { failed: 'A secret of the film was refused' } })

      const args = ['programs/opentelemetry.mjs', baseUrl]
      const seen = factsIn(await runChild(process.execPath, args, { cwd: consumer }))
      const sent = emulator.requests.filter(({ path }) => path.startsWith('/api/v1/')).length
      return differences(seen, { ...EXPECTED, spansOfHttp: sent })
    },
  },
  {
    name: 'example opentelemetry',
    version,
    unavailable: () => nodeUnavailable(NODE_WITH_TYPES),
    run: async (context) => {
      linkPackages(context.consumer)
      const cwd = join(context.consumer, 'examples/opentelemetry')
      const [, app = ''] = /^```ts\n(.*?)^```$/ms.exec(readFileSync(join(cwd, 'README.md'), 'utf8')) ?? []
      writeFileSync(join(cwd, 'app.ts'), app)
      const env = exampleEnvironment(context, 'http://127.0.0.1:1')
      const output = await runChild(nodeBinary(NODE_WITH_TYPES), ['app.ts'], { cwd, env })
      const printed = ["name: 'hailuo.textToVideo create'", "name: 'hailuo.textToVideo wait'", '.mp4']
      return printed.filter((text) => !output.includes(text)).map((text) => `it did not print ${text}`)
    },
  },
]
