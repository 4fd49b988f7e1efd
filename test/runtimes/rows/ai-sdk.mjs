import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { factsIn, runChild } from '../child.mjs'
import { compile } from '../compile.mjs'
import { linkPackage, ROOT, toolFolder } from '../consumer.mjs'
import { differences } from '../facts.mjs'
import { API_KEY } from '../programs/program.mjs'
import { EXPECTED, GUIDE, GUIDE_OF_START, OF_START } from './ai-sdk-facts.mjs'
import { nodeBinary, nodeUnavailable } from './node.mjs'

const blocks = [...readFileSync(join(ROOT, 'docs/ai-sdk.md'), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(
  ([, text = '']) => text,
)

/** @param {string} release */
const versionOf = (release) =>
  JSON.parse(readFileSync(join(toolFolder('ai-sdk'), release, 'package.json'), 'utf8')).version

/** The guide's blocks as CommonJS. @param {string} consumer */
const compileGuide = (consumer) => {
  const folder = join(consumer, 'ai-sdk-guide')
  mkdirSync(folder, { recursive: true })
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 }
  blocks.forEach((text, index) => {
    writeFileSync(join(folder, `${index}.cjs`), ts.transpileModule(text, { compilerOptions }).outputText)
  })
  return folder
}

/** @typedef {Readonly<Record<string, unknown>>} Facts */

/** @type {{ release: string, major: number, expected: Facts, guide: Facts }[]} */
const settings = [
  { release: 'ai-6', major: 20, expected: EXPECTED, guide: GUIDE },
  // ai@7 asks for Node 22.
  ...[22, 24].map((major) => ({
    release: 'ai-7',
    major,
    expected: { ...EXPECTED, ...OF_START },
    guide: { ...GUIDE, ...GUIDE_OF_START },
  })),
]

/** The model as both majors' own types see it. */
const PROGRAM = `
import { experimental_generateVideo as generate6 } from 'ai-6'
import { createProviderRegistry, experimental_generateVideo as generate7, experimental_startVideo } from 'ai-7'
import { createRunApi } from 'runapi-video/ai-sdk'

type VideoModel6 = Exclude<Parameters<typeof generate6>[0]['model'], string>
type VideoModel7 = Exclude<Parameters<typeof generate7>[0]['model'], string>
type VideoModelV4 = Extract<VideoModel7, { specificationVersion: 'v4' }>

const runapi = createRunApi()
const model = runapi.video('luma-modify-video')
export const asSix: VideoModel6 = model
export const methodsOfSeven: Omit<VideoModelV4, 'specificationVersion'> = model
export const calls = () => [
  generate6({ model, prompt: 'Rain' }),
  generate7({ model, prompt: 'Rain', poll: { intervalMs: 1 } }),
  experimental_startVideo({ model, prompt: 'Rain' }),
]
export const fromRegistry = createProviderRegistry({ runapi }).videoModel('runapi:luma-modify-video')
// @ts-expect-error a model that this release does not know
runapi.video('sora-9')
`

/**
 * Our declarations are compiled by test/package/types.test.ts; those of the SDK do not pass `skipLibCheck: false`.
 * @param {string} consumer
 */
const compileTypes = (consumer) => {
  const folder = join(consumer, 'ai-sdk-types')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'models.ts'), PROGRAM)
  for (const [index, text] of blocks.entries())
    writeFileSync(join(folder, `block-${index}.ts`), `${text}\nexport {}\n`)
  const compilerOptions = { types: [], paths: { ai: ['../node_modules/ai-7'] } }
  return compile(join(folder, 'tsconfig.json'), { compilerOptions, include: ['*.ts'] })
}

/** @type {import('../row.mjs').Row[]} */
export const aiSdkRows = [
  ...settings.map(({ release, major, expected, guide }) => ({
    name: `${release.replace('ai-', 'ai sdk ')}, node ${major}`,
    version: () => versionOf(release),
    unavailable: () => nodeUnavailable(major),
    // Each scene has an emulator of its own.
    sendsNothing: true,
    /** @param {import('../row.mjs').RowContext} context */
    run: async ({ consumer }) => {
      linkPackage(consumer, release, 'ai-sdk')
      const facts = async (/** @type {string[]} */ ...program) =>
        factsIn(await runChild(nodeBinary(major), program, { cwd: consumer }))
      const scenes = await facts('programs/ai-sdk.mjs', release)
      const told = await facts('programs/ai-sdk-guide.mjs', release, compileGuide(consumer))
      return [...differences(scenes, expected), ...differences(told, guide)]
    },
  })),
  {
    name: 'ai sdk 7, tools of an agent',
    version: () => versionOf('ai-7'),
    unavailable: () => nodeUnavailable(24),
    run: async ({ consumer, baseUrl, emulator }) => {
      linkPackage(consumer, 'ai-7', 'ai-sdk')
      const example = readFileSync(join(consumer, 'examples/ai-agent/tools.ts'), 'utf8')
      const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
      const { outputText } = ts.transpileModule(example.replace("from 'ai'", "from 'ai-7'"), {
        compilerOptions,
      })
      writeFileSync(join(consumer, 'programs/ai-agent-tools.mjs'), outputText)
      const cwd = mkdtempSync(join(consumer, 'ai-agent-'))
      const env = { RUNAPI_API_KEY: API_KEY, RUNAPI_BASE_URL: baseUrl }
      const program = join(consumer, 'programs/ai-agent.mjs')
      const seen = factsIn(await runChild(nodeBinary(24), [program], { cwd, env }))
      const expected = {
        refused: true,
        sameTask: true,
        status: 'completed',
        hasUrl: true,
        describesModels: true,
      }
      return [
        ...differences(seen, expected),
        ...differences({ bought: emulator.tasks.length }, { bought: 1 }),
      ]
    },
  },
  {
    name: 'ai sdk types',
    version: () => `${versionOf('ai-6')}, ${versionOf('ai-7')}`,
    sendsNothing: true,
    run: async ({ consumer }) => {
      for (const release of ['ai-6', 'ai-7']) linkPackage(consumer, release, 'ai-sdk')
      await compileTypes(consumer)
      return []
    },
  },
]
