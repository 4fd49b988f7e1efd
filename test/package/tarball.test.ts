import { execFile } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { createEmulator } from 'runapi-video/testing'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { codeBlocks } from '../support/code-blocks'

const consumer = inject('consumer')
const installed = join(consumer, 'node_modules/runapi-video')
const packed = readdirSync(installed, { recursive: true }).map(String)
const declarations = packed.filter((name) => /\.d\.c?ts$/.test(name))

// In this process, and taken by the programs below through a socket.
const emulator = createEmulator({ takesMs: 300 })
let baseUrl: string
beforeAll(async () => {
  baseUrl = (await emulator.listen()).url
})
afterAll(() => emulator.close())

const run = async (file: string, ...args: string[]): Promise<string[]> => {
  const env = {
    PATH: process.env.PATH,
    RUNAPI_API_KEY: 'key-of-the-package',
    RUNAPI_BASE_URL: baseUrl,
    RUNAPI_CALLBACK_SECRET: emulator.callbackSecret,
  }
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], {
    cwd: consumer,
    env,
    timeout: 60_000,
  })
  return stdout.trim().split('\n')
}
const runProgram = (name: string, text: string): Promise<string[]> => {
  writeFileSync(join(consumer, name), text)
  return run(name)
}

const createAndWait = `
  const runapi = new RunApiClient()
  const task = await runapi.luma.modifyVideo({ prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' })
  const { videos } = await task.wait({ schedule: schedules.fixed(100) })
  console.log(videos[0].url)
`
const VIDEO_URL = /^http:\/\/127\.0\.0\.1:\d+\/.+\.mp4/

test('a polluted Object.prototype does not end the first check of parameters', async () => {
  const program = `
import { RunApiClient } from 'runapi-video'
const answer = { id: 'tsk_1' }
const fetch = async () => new Response(JSON.stringify(answer))
Object.prototype.polluted = 1
const runapi = new RunApiClient({ fetch })
const prompt = 'Fog'
const first_frame_image_url = 'https://example.com/a.png'
await runapi.hailuo.imageToVideo({ model: 'hailuo-02-image-to-video-pro', prompt, first_frame_image_url })
await runapi.luma.modifyVideo({ prompt, source_video_url: 'https://example.com/a.mp4' })
const wrong = await runapi.luma.modifyVideo({ prompt, watermark: 1 }).catch((error) => error)
console.log(wrong.issues.map(({ field }) => field).join())
`
  expect(await runProgram('polluted.mjs', program)).toEqual(['source_video_url,watermark'])
})

test('the tarball holds what is published and nothing else', () => {
  const top = new Set(packed.map((name) => name.split('/')[0]))
  expect([...top].sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'README.zh-CN.md',
    'SECURITY.md',
    'THIRD-PARTY-LICENSES.md',
    'dist',
    'docs',
    'examples',
    'llms.txt',
    'openclaw.plugin.json',
    'package.json',
    'skills',
  ])
  expect(
    packed.filter((name) => name.startsWith('dist') && !/^dist[\w/-]*(\.(js|cjs|d\.ts|d\.cts))?$/.test(name)),
  ).toEqual([])
})

test('every relative link of a packed page leads to something in the tarball', () => {
  const pages = packed.filter((name) => /(\.md|^llms\.txt)$/.test(name))
  const dead = pages.flatMap((page) =>
    [...readFileSync(join(installed, page), 'utf8').matchAll(/\]\(([^)#\s]+)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(join(installed, dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  )
  expect(pages.length).toBeGreaterThan(15)
  expect(dead).toEqual([])
})

test('every target of exports and imports is in the tarball', () => {
  const { exports, imports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  const targets = (value: unknown): string[] =>
    typeof value === 'string' ? [value] : Object.values(value as object).flatMap(targets)
  const missing = targets([exports, imports]).filter((target) => !packed.includes(target.slice(2)))
  expect(missing).toEqual([])
})

test('the installed library brings undici and nothing else', () => {
  // Not the folders, among which another test puts links.
  const lock = JSON.parse(readFileSync(join(consumer, 'node_modules/.package-lock.json'), 'utf8'))
  expect(Object.keys(lock.packages).sort()).toEqual(['node_modules/runapi-video', 'node_modules/undici'])
})

test('every function of a packed module is declared, so that V8 does not parse it in full while it loads', () => {
  const modules = packed.filter((name) => /^dist.*\.c?js$/.test(name))
  expect(modules).not.toEqual([])
  for (const name of modules) {
    expect(readFileSync(join(installed, name), 'utf8'), name).not.toMatch(
      /^var \S+ = (?:async )?\([^()]*\) =>/m,
    )
  }
})

test('no declaration names zod, undici or the private transport', () => {
  const named = declarations.filter((name) =>
    /from '(zod|undici|#)|import\('(zod|undici|#)/.test(readFileSync(join(installed, name), 'utf8')),
  )
  expect(declarations.length).toBeGreaterThan(0)
  expect(named).toEqual([])
})

test('an ES module creates and waits', async () => {
  const [url] = await runProgram(
    'esm.mjs',
    `import { RunApiClient, schedules } from 'runapi-video'\n${createAndWait}`,
  )
  expect(url).toMatch(VIDEO_URL)
})

test('a CommonJS module creates and waits', async () => {
  const [url] = await runProgram(
    'cjs.cjs',
    `const { RunApiClient, schedules } = require('runapi-video')\nconst main = async () => {${createAndWait}}\nmain()`,
  )
  expect(url).toMatch(VIDEO_URL)
})

const catchRefused = `
  const runapi = new RunApiClient({ baseUrl: 'http://127.0.0.1:1', maxRetries: 0 })
  const error = await runapi.task('luma.modifyVideo', 'tsk_1').poll().catch((error) => error)
  console.log(error instanceof ConnectionError, RunApiError.is(error), Other.is(error))
`

test('an error of the transport is an instance of its class in an ES module', async () => {
  const imports = "import { ConnectionError, RunApiClient, RunApiError } from 'runapi-video'\n"
  const other =
    "import { createRequire } from 'node:module'\nconst Other = createRequire(import.meta.url)('runapi-video').RunApiError\n"
  expect(await runProgram('errors.mjs', imports + other + catchRefused)).toEqual(['true true true'])
})

test('an error of the transport is an instance of its class in CommonJS', async () => {
  const requires = "const { ConnectionError, RunApiClient, RunApiError } = require('runapi-video')\n"
  const main = `const main = async () => { const Other = (await import('runapi-video')).RunApiError; ${catchRefused} }\nmain()`
  expect(await runProgram('errors.cjs', requires + main)).toEqual(['true true true'])
})

test("the README's first program runs as first.mjs, and as first.mts where Node takes types", async () => {
  const [block] = codeBlocks('README.md')
  const takesTypes = Boolean((process.features as { typescript?: unknown }).typescript)
  for (const name of ['first.mjs', ...(takesTypes ? ['first.mts'] : [])]) {
    const [url] = await runProgram(name, block?.text ?? '')
    expect(url).toMatch(VIDEO_URL)
  }
})

test('the emulator of the package serves its client in both module formats', async () => {
  const program = `
    const emulator = createEmulator()
    const runapi = new RunApiClient({ apiKey: 'k', fetch: emulator.fetch, clock: emulator.clock })
    const { videos } = await runapi.hailuo.textToVideo({ model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' }).wait()
    console.log(videos.length)
  `
  const esm =
    "import { RunApiClient } from 'runapi-video'\nimport { createEmulator } from 'runapi-video/testing'\n"
  const cjs =
    "const { RunApiClient } = require('runapi-video')\nconst { createEmulator } = require('runapi-video/testing')\n"
  expect(await runProgram('testing.mjs', esm + program)).toEqual(['1'])
  expect(await runProgram('testing.cjs', `${cjs}const main = async () => {${program}}\nmain()`)).toEqual([
    '1',
  ])
})

test('every example runs as a process of its own, with nothing but the key and the base URL', async () => {
  cpSync('examples', join(consumer, 'examples'), { recursive: true })
  const one = (name: string, ...args: string[]) => run(`examples/${name}`, ...args)
  const resume = async () => [
    ...(await one('resume-from-json.mjs', 'submit')),
    ...(await one('resume-from-json.mjs', 'resume')),
  ]
  const localFile = () => {
    writeFileSync(join(consumer, 'first.png'), 'an image')
    return one('local-file.mjs')
  }
  const special = ['resume-from-json.mjs', 'local-file.mjs']
  const others = readdirSync('examples').filter((name) => name.endsWith('.mjs') && !special.includes(name))
  const outputs = await Promise.all([resume(), localFile(), ...others.map((name) => one(name))])
  // A URL of the emulator, or the path of a file that was saved.
  for (const lines of outputs)
    expect(lines.join('\n')).toMatch(new RegExp(`(?:http://127\\.0\\.0\\.1:\\d+|${consumer})/.+\\.mp4`))
})
