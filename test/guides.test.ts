import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join, normalize } from 'node:path'
import { createEmulator, type TaskScript } from 'runapi-video/testing'
import { signWebhook } from 'runapi-video/webhooks'
import ts from 'typescript'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { type CodeBlock, codeBlocks, promisedLines } from './support/code-blocks'
import { openEditor } from './support/open-editor'
import { runProgram } from './support/run-program'

// Their blocks need packages that only the matrix installs; each has a test of its own.
const TRIED_ELSEWHERE = ['docs/ai-sdk.md', 'docs/engines.md']

const inFolder = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .map((name) => join(folder, String(name)))
        .filter((file) => file.endsWith('.md'))
    : []
const atTheTop = readdirSync('.').filter((name) => name.endsWith('.md') || name === 'llms.txt')
const readers = [...atTheTop, ...inFolder('docs'), ...inFolder('skills'), ...inFolder('examples')]
const blocksOf = (file: string): CodeBlock[] =>
  file.startsWith('examples') || TRIED_ELSEWHERE.includes(file) ? [] : codeBlocks(file)

const guides = readers.filter((file) => blocksOf(file).length > 0)
const programs = guides.flatMap((file) =>
  blocksOf(file)
    .filter(({ name }) => name === undefined)
    .map((block, index) => ({ file, number: index + 1, block })),
)

beforeEach(() => {
  vi.stubEnv('RUNAPI_API_KEY', 'key-of-the-guides')
  vi.stubEnv('RUNAPI_CALLBACK_SECRET', btoa('secret of the guides'))
})
afterEach(() => {
  // A block saves it.
  rmSync('night.mp4', { force: true })
  rmSync('videos.jsonl', { force: true })
  vi.unstubAllEnvs()
})

test('every TypeScript block of every guide compiles', () => {
  const files = Object.fromEntries(
    guides.flatMap((file) =>
      blocksOf(file).map(({ name, program }, index) => [
        join(dirname(file), name ?? `${file.replaceAll(/\W/g, '-')}-${index}.ts`),
        `${program}\nexport {}`,
      ]),
    ),
  )
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.')
  expect(Object.keys(files).length).toBeGreaterThan(30)
  expect(openEditor('.', files, options).compileErrors()).toEqual([])
}, 60_000)

test.each(programs)('block $number of $file runs and prints what it says', async ({ block }) => {
  const { text, program, scripts } = block
  // The emulator knows the rules of this release, and so refuses a parameter that is newer.
  const emulator = createEmulator({ validate: !program.includes('extraParams') })
  for (const script of scripts) emulator.next(new Function(`return (${script})`)() as TaskScript)
  const { lines, close } = await runProgram(program, { emulator, modules: { 'node:http': httpOf([]) } })
  await close() // before its ledger's file is removed
  expect(lines.join('\n')).not.toMatch(/undefined/)
  const promised = promisedLines(text)
  expect(promised.filter((said) => !lines.some((line) => said.startsWith(line)))).toEqual([])
})

test("the webhook guide's server takes a signed delivery and refuses a changed one", async () => {
  const block = codeBlocks('docs/webhooks.md').find(({ text }) => text.includes('createServer'))
  const servers: Server[] = []
  const emulator = createEmulator()
  await runProgram(block?.program ?? '', { emulator, modules: { 'node:http': httpOf(servers) } })
  const [server] = servers as [Server]
  const { port } = server.listen(0).address() as AddressInfo
  onTestFinished(() => void server.close())

  const body = JSON.stringify({ id: 'tsk_1', status: 'failed', error: 'Generation failed' })
  const headers = await signWebhook(body, btoa('secret of the guides'))
  const post = (text: string) => fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: text, headers })
  expect((await post(body)).status).toBe(204)
  expect((await post(`${body} `)).status).toBe(400)
})

/** Node's module, whose servers listen on no port; they are put into the list. */
const httpOf = (servers: Server[]) => ({
  createServer: (listener: RequestListener) => ({
    listen: () => servers.push(createServer(listener)),
  }),
})

test.each(['README.md', 'README.zh-CN.md', 'llms.txt'])('%s links every guide', (file) => {
  const text = readFileSync(file, 'utf8')
  expect(inFolder('docs').filter((guide) => !text.includes(`](${guide})`))).toEqual([])
})

test('the skill has the front matter that agents read', () => {
  const [, name, description = '', metadata = ''] =
    /^---\nname: (.+)\ndescription: (.+)\nmetadata:\n {2}(\{.+\})\n---\n/.exec(
      readFileSync('skills/runapi-video/SKILL.md', 'utf8'),
    ) ?? []
  expect(name).toBe('runapi-video')
  // OpenClaw shows one line.
  expect(description.length).toBeLessThan(160)
  expect(JSON.parse(metadata).openclaw.requires).toEqual({ env: ['RUNAPI_API_KEY'], bins: ['npx'] })
})

test.each(readers)('every relative link of %s leads to a file, and to a heading of it', (file) => {
  const text = readFileSync(file, 'utf8').replaceAll(/^```.*?^```$/gms, '')
  const broken = [...text.matchAll(/\]\(([^)]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#')
      const there = path === '' ? file : normalize(join(dirname(file), path))
      return !existsSync(there) || (anchor !== undefined && !anchorsOf(there).includes(anchor))
    })
  expect(broken).toEqual([])
})

/** The anchors that GitHub gives the headings of a Markdown file. */
const anchorsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
