import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as library from 'runapi-video'
import * as node from 'runapi-video/node'
import { createEmulator } from 'runapi-video/testing'
import { signWebhook } from 'runapi-video/webhooks'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { codeBlocks } from './support/code-blocks'
import { openEditor } from './support/open-editor'
import { runProgram } from './support/run-program'

const blocks = codeBlocks('README.md')

beforeEach(() => {
  vi.stubEnv('RUNAPI_API_KEY', 'key-of-the-readme')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

test("the README's first block prints the URL of a video", async () => {
  const { lines } = await runProgram(blocks[0]?.program ?? '', { emulator: createEmulator() })
  expect(lines).toEqual([expect.stringMatching(/^https?:.*\.mp4/)])
})

test("the README's habit of keys from orders pays once", async () => {
  const emulator = createEmulator()
  const block = blocks.find(({ program }) => program.includes('again.replayed'))
  // Not in the repository, where the guides' tests run the same block.
  const folder = mkdtempSync(join(tmpdir(), 'readme-'))
  const fileStore = (path: string) => node.fileStore(join(folder, path))
  const modules = { 'runapi-video/node': { ...node, fileStore } }
  const { lines } = await runProgram(block?.program ?? '', { emulator, modules })
  expect(lines).toEqual(['true', '57'])
  expect(emulator.tasks).toHaveLength(1)
})

test("the README's webhook handler takes a signed delivery and refuses a changed one", async () => {
  const secret = btoa('secret-of-the-readme')
  vi.stubEnv('RUNAPI_CALLBACK_SECRET', secret)
  const block = blocks.find(({ program }) => program.includes('verifyWebhook'))
  const { lines, exports } = await runProgram(block?.program ?? '', { emulator: createEmulator() })
  const POST = exports.POST as (request: Request) => Promise<Response>
  const body = JSON.stringify({
    id: 'tsk_1',
    status: 'completed',
    videos: [{ url: 'https://example.com/v.mp4' }],
  })
  const headers = { ...(await signWebhook(body, secret, { id: 'delivery-1' })) }
  const request = (text: string) =>
    new Request('https://example.com', { method: 'POST', body: text, headers })

  expect((await POST(request(body))).status).toBe(200)
  expect(lines).toEqual(['delivery-1 https://example.com/v.mp4'])
  await expect(POST(request(body.replace('tsk_1', 'tsk_2')))).rejects.toMatchObject({ reason: 'no_match' })
})

const OPTIONS = [
  { guide: 'docs/options.md', heading: 'Of a client', code: 'new RunApiClient({ /*here*/ })' },
  { guide: 'docs/options.md', heading: 'Of a call', code: 'runapi.luma.modifyVideo(params, { /*here*/ })' },
  { guide: 'docs/options.md', heading: 'Of a wait', code: 'task.wait({ /*here*/ })' },
  { guide: 'docs/options.md', heading: 'Of a download', code: "downloadVideo(video, 'a', { /*here*/ })" },
  { guide: 'docs/options.md', heading: 'Of an upload', code: "uploadFile(runapi, 'a', { /*here*/ })" },
  { guide: 'docs/testing.md', heading: 'Options of the emulator', code: 'createEmulator({ /*here*/ })' },
]
const EVERY_CALL = ['headers', 'maxRetries', 'signal', 'timeoutMs']

test.each(OPTIONS)('the section "$heading" of $guide names every option, and no other', (row) => {
  const imports = [
    "import { type LumaModifyVideoParams, RunApiClient, type Task, type Video } from './src/index'",
    "import { downloadVideo, uploadFile } from './src/node/index'",
    "import { createEmulator } from './src/testing/index'",
    'declare const runapi: RunApiClient, task: Task, video: Video, params: LumaModifyVideoParams',
  ]
  const editor = openEditor('.', { 'options.ts': [...imports, row.code].join('\n') })
  const [, section = ''] = readFileSync(row.guide, 'utf8').split(`\n## ${row.heading}\n`)
  const [table = ''] = section.split('\n## ')
  const named = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(
    ([, cell = '']) => cell.match(/(?<=`)\w+(?=`)/g) ?? [],
  )
  const sayItOnce = /every call takes/i.test(table) ? EVERY_CALL : []
  expect([...named, ...sayItOnce].sort()).toEqual(editor.completions('/*here*/').sort())
})

test('the guide of the options names every event', () => {
  const [row = ''] = /^\| `onEvent` \|.*$/m.exec(readFileSync('docs/options.md', 'utf8')) ?? []
  const types = readFileSync('src/contract/events.ts', 'utf8').matchAll(/^ {2}type: '(\w+)'$/gm)
  const [, ...named] = [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name)
  expect(named.sort()).toEqual([...types].map(([, type]) => type).sort())
})

const WORDS: Readonly<Record<string, string>> = { 必填: 'required', 可选: 'optional' }
const readers = ['README.md', 'README.zh-CN.md', 'skills/runapi-video/SKILL.md']
const modelRows = readers.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^\| `(hailuo-[^`]+)` \| (.+) \|$/gm)].map(
    ([, model = '', cells = '']) => {
      const [first, last, duration, resolution] = cells.split(' | ').map((cell) => WORDS[cell] ?? cell)
      return { file, model, first, last, duration, resolution }
    },
  ),
)

test('every endpoint stands in both READMEs and in the skill, and every model of Hailuo', () => {
  const endpoints = Object.entries(library.schemas).flatMap(([family, methods]) =>
    Object.keys(methods).map((method) => `${family}.${method}`),
  )
  const hailuoModels = Object.values(library.schemas.hailuo).flatMap(({ models }) => Object.keys(models))
  for (const reader of readers) {
    const text = readFileSync(reader, 'utf8')
    expect(endpoints.filter((endpoint) => !text.includes(endpoint))).toEqual([])
    const named = modelRows.filter(({ file }) => file === reader).map(({ model }) => model)
    expect(named.sort()).toEqual(hailuoModels.sort())
  }
})

test.each(modelRows)(
  "$file's row of $model is what the schema takes",
  ({ model, first, last, duration, resolution }) => {
    const { textToVideo, imageToVideo } = library.schemas.hailuo
    const schema = model.includes('text-to-video') ? textToVideo : imageToVideo
    const url = 'https://example.com/image.png'
    const takes = (fields: object): boolean => {
      const frame = first === 'required' && { first_frame_image_url: url }
      const result = schema['~standard'].validate({ model, prompt: 'Rain', ...frame, ...fields })
      if (result instanceof Promise) throw new Error('the schemas answer at once')
      return result.issues === undefined
    }
    const taken = (field: string, values: readonly unknown[]): string =>
      values.filter((value) => takes({ [field]: value })).join(', ') || '–'

    expect(takes({})).toBe(true)
    expect(takes({ first_frame_image_url: undefined })).toBe(first === '–')
    expect(takes({ first_frame_image_url: url })).toBe(first === 'required')
    expect(takes({ last_frame_image_url: url })).toBe(last === 'optional')
    expect(taken('duration_seconds', [5, 6, 10])).toBe(duration)
    expect(taken('output_resolution', ['512p', '768p', '1080p'])).toBe(resolution)
  },
)
