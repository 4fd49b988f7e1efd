// Runs the blocks of docs/ai-sdk.md, which the row has compiled to CommonJS, under the release of `ai` that the argument
// names. One thing differs from a run of their own: the emulator answers, on its own clock, and to the SDK's download.
import { readdirSync, readFileSync } from 'node:fs'
import * as library from 'runapi-video'
import * as provider from 'runapi-video/ai-sdk'
import * as testing from 'runapi-video/testing'

const [release = '', folder = ''] = process.argv.slice(2)
const ai = await import(release)
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })

const AsyncFunction = /** @type {new (...source: string[]) => (...values: unknown[]) => Promise<void>} */ (
  (async () => {}).constructor
)

/** @param {string} text */
const run = async (text) => {
  const emulator = testing.createEmulator({ takesMs: 60_000 })
  const { fetch, clock } = emulator
  /** @param {{ url: URL }} file */
  const download = async ({ url }) => ({
    data: new Uint8Array(await (await fetch(url)).arrayBuffer()),
    mediaType: 'video/mp4',
  })
  /** @param {object} options */
  const generateVideo = (options) => ai.experimental_generateVideo({ download, ...options })
  /** @type {typeof provider.createRunApi} */
  const createRunApi = (options) => provider.createRunApi({ apiKey: 'test-key', fetch, clock, ...options })
  /** @type {Record<string, unknown>} */
  const modules = {
    ai: { ...ai, experimental_generateVideo: generateVideo },
    'runapi-video': library,
    'runapi-video/ai-sdk': { ...provider, createRunApi },
    'runapi-video/testing': testing,
  }
  /** @type {unknown[][]} */
  const lines = []
  /** @type {Record<string, (given: unknown) => Promise<{ status: string }>>} */
  const exports = {}
  const scope = {
    require: (/** @type {string} */ name) => modules[name],
    exports,
    console: { log: (/** @type {unknown[]} */ ...line) => lines.push(line) },
  }
  await new AsyncFunction(...Object.keys(scope), text)(...Object.values(scope))
  return { lines, exports, emulator }
}

const files = readdirSync(folder).sort()
const texts = files.map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
/** @param {string} part */
const block = (part) => run(texts.find((text) => text.includes(part)) ?? '')

const first = await block('duration: 6')
const luma = await block('inputReferences')
const order = await block('order-1001')
const tested = await block('assertNothingBoughtTwice')
const errors = await block('RetryError')
/** @type {Record<string, unknown>} */
const facts = {
  blocks: texts.length,
  first: [first.lines[0]?.[0], Number(first.lines[0]?.[1]) > 500, first.lines[0]?.[2]],
  luma: [luma.lines, luma.emulator.tasks[0]?.params.watermark],
  order: [order.lines, order.emulator.tasks.map(({ creates }) => creates)],
  tested: [Number(tested.lines[0]?.[0]) > 500, tested.lines[0]?.[1]],
  errors: [errors.lines[0]?.[0], errors.lines[1]?.length, String(errors.lines[1]?.[2]).slice(-4)],
}
if (ai.experimental_startVideo) {
  const { exports, emulator } = await block('getVideoStatus')
  const stored = await exports.start?.('Rain')
  const before = await exports.status?.(stored)
  await emulator.clock.sleep(61_000)
  const after = await exports.status?.(stored)
  facts.statuses = [before?.status, after?.status]
}
console.log(`FACTS ${JSON.stringify(facts)}`)
