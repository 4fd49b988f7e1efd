import { execFile } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/commands'
import { EXIT_CODES } from '../../src/cli/options'
import { entry, folder, runLine } from './command'
import { KEY, serve } from './serve'

const guide = readFileSync('docs/cli.md', 'utf8')
const blocksIn = (markdown: string) =>
  [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text)
const commands = join(folder, 'commands')

// Stands in for npx, which would ask the registry.
beforeAll(() => {
  mkdirSync(commands)
  const npx = join(commands, 'npx')
  writeFileSync(
    npx,
    `#!/bin/sh\n[ "$1" = runapi-video ] && shift && exec '${process.execPath}' '${entry}' "$@"\n`,
  )
  chmodSync(npx, 0o755)
})

const runBlock = (text: string, url: string, cwd = folder) =>
  new Promise<{ documents: unknown[]; err: string }>((resolve, reject) => {
    const env = {
      PATH: `${commands}${delimiter}${process.env.PATH}`,
      RUNAPI_API_KEY: KEY,
      RUNAPI_BASE_URL: url,
    }
    const script = text.replaceAll('http://127.0.0.1:4010', url)
    execFile('sh', ['-ec', script], { cwd, env }, (error, out, err) => {
      if (error) return reject(new Error(`${error.message}\n${err}`))
      const documents = out
        .trim()
        .split('\n')
        .map((line) => (line.startsWith('{') ? JSON.parse(line) : line))
      resolve({ documents, err })
    })
  })

test('the shell blocks of the guide run', async () => {
  const outputs = await Promise.all(
    blocksIn(guide).map(async (text) => {
      // The wait of a second is to end too early, also where it begins late.
      const { url } = await serve({ takesMs: text.includes('--timeout-ms 1000') ? 25_000 : 1_000 })
      return runBlock(text, url)
    }),
  )
  expect(outputs.map(({ documents }) => documents)).toMatchObject([
    [{ status: 'completed', files: [{}] }],
    [{ status: 'completed', files: [{}] }],
    [{ v: 1 }, 'exit code 4', { status: 'completed', files: [{}] }],
    [{ v: 1, idempotencyKey: 'order-1001' }],
    [
      { dryRun: true, toBuy: 1 },
      { completed: 1, files: [{ id: 'a' }] },
    ],
    [{ status: 'completed' }],
  ])
  for (const name of ['rain.mp4', 'night.mp4', 'snow.mp4', 'videos/a.mp4'])
    expect(existsSync(join(folder, name))).toBe(true)
}, 120_000)

test.each(['skills/runapi-video/SKILL.md', 'README.zh-CN.md', 'docs/faq.md'])(
  'the commands of %s save a video each',
  async (file) => {
    const emulator = await serve({ takesMs: 1_000 })
    const commands = blocksIn(readFileSync(file, 'utf8')).filter((text) =>
      text.startsWith('npx runapi-video'),
    )
    expect(commands.length).toBeGreaterThan(0)
    for (const text of commands) {
      const cwd = mkdtempSync(join(folder, 'block-'))
      await runBlock(text, emulator.url, cwd)
      expect(readdirSync(cwd).filter((name) => name.endsWith('.mp4'))).toHaveLength(1)
    }
    expect(emulator.tasks).toHaveLength(commands.length)
  },
  60_000,
)

test('the batch of the skill saves its video', async () => {
  const emulator = await serve({ takesMs: 1_000 })
  const skill = readFileSync('skills/runapi-video/SKILL.md', 'utf8')
  const block = blocksIn(skill).find((text) => text.includes('runapi-video batch')) ?? ''
  const cwd = mkdtempSync(join(folder, 'block-'))
  await runBlock(block, emulator.url, cwd)
  expect(existsSync(join(cwd, 'videos/rain.mp4'))).toBe(true)
  expect(emulator.tasks).toHaveLength(1)
}, 60_000)

test('the README shows the pipe of the guide', () => {
  const [block = ''] = /^```sh\nnpx runapi-video.*?^```$/ms.exec(readFileSync('README.md', 'utf8')) ?? []
  expect(guide).toContain(block)
  expect(block).toContain('npx runapi-video wait - |')
})

test('the exit codes of the guide are those of --help', () => {
  const rows = [...guide.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, meaning]) => `${code} ${meaning}`)
  expect(rows).toEqual(EXIT_CODES.map((row) => row.join(' ')))
})

test('every option that the guide names is in a help text', async () => {
  const names = Object.keys(COMMANDS)
  const helps = await Promise.all(names.map((name) => runLine([name, '--help'])))
  const text = helps.map(({ out }) => out).join('\n')
  const named = [...guide.matchAll(/--[a-z][\w-]*/g)].map(([name]) => name)
  const spellings = ['--duration_seconds', '--help']
  expect(
    named.filter((name) => !new RegExp(`${name}(?![\\w-])`).test(text) && !spellings.includes(name)),
  ).toEqual([])
})
