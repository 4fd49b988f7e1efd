import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, inject, test } from 'vitest'
import { openEditor } from '../support/open-editor'

const consumer = inject('consumer')

// Uses every entry point, and most of what a user's own types are written with.
const program = `
import { RunApiClient, RunApiError, schedules, schemas, TaskFailedError } from 'runapi-video'
import type { CompletedState, HailuoImageToVideoParams, Task, TaskState, Video, WaitOptions } from 'runapi-video'
import { createRunApi, type RunApiVideoModel } from 'runapi-video/ai-sdk'
import { createEmulator } from 'runapi-video/testing'
import { verifyWebhook, type WebhookEvent } from 'runapi-video/webhooks'

const emulator = createEmulator({ takesMs: 1_000 })
const runapi = new RunApiClient({ apiKey: async () => 'key', fetch: emulator.fetch, clock: emulator.clock, onEvent: (event) => console.log(event.type) })
const params: HailuoImageToVideoParams = {
  model: 'hailuo-2.3-image-to-video-pro',
  prompt: 'Rain',
  first_frame_image_url: 'https://example.com/a.png',
  output_resolution: '1080p',
}
export const options: WaitOptions = { timeoutMs: Infinity, schedule: schedules.fixed(10), onUpdate: (state: TaskState) => console.log(state.status) }
export const first = async (): Promise<Video> => {
  const task: Task = await runapi.hailuo.imageToVideo(params, { idempotencyKey: 'order-1' })
  const done: CompletedState = await task.wait(options)
  for await (const state of runapi.task(task.toJSON()).updates()) if (state.status === 'failed') console.log(state.error.message)
  return done.videos[0]
}
export const receive = (body: string, headers: Headers): Promise<WebhookEvent> => verifyWebhook(body, headers, ['secret'])
export const explain = (error: unknown): string =>
  error instanceof TaskFailedError ? error.failure.message : RunApiError.is(error) ? error.code : String(error)
export const dispose = async (): Promise<void> => {
  await using client = new RunApiClient({ apiKey: 'key' })
  await client.close()
}
export const model: RunApiVideoModel = createRunApi({ apiKey: 'key' }).video('luma-modify-video')
export const check = schemas.hailuo.imageToVideo['~standard'].validate(params)
`
const commonJs = `import runapi = require('runapi-video')\nexport const client = new runapi.RunApiClient({ apiKey: 'key' })\n`

beforeAll(() => {
  writeFileSync(join(consumer, 'consumer.mts'), program)
  writeFileSync(join(consumer, 'consumer.cts'), commonJs)
  mkdirSync(join(consumer, 'node_modules/@types'), { recursive: true })
  symlinkSync(resolve('node_modules/@types/node'), join(consumer, 'node_modules/@types/node'))
})

const compile = async (version: string, ...args: string[]): Promise<string> => {
  const compiler = resolve(`tools/ts-matrix/node_modules/typescript-${version}/bin/tsc`)
  const flags = [
    '--noEmit',
    '--strict',
    '--exactOptionalPropertyTypes',
    ...(args.includes('--skipLibCheck') ? [] : ['--skipLibCheck', 'false']),
    '--target',
    'ES2022',
    ...args,
  ]
  const run = promisify(execFile)(process.execPath, [compiler, ...flags], { cwd: consumer })
  return run.then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  )
}

const NODE = ['--module', 'nodenext', 'consumer.mts', 'consumer.cts']
const BUNDLER = ['--module', 'esnext', '--moduleResolution', 'bundler', 'consumer.mts']
const DOM = ['--lib', 'ES2022,DOM,DOM.Iterable', '--typeRoots', 'none']
const NO_DOM = ['--lib', 'ES2022', '--types', 'node']

test.each(['5.4', '5.9', '6.0', '7.0'])('the declarations satisfy TypeScript %s', async (version) => {
  expect(await compile(version, ...NODE, ...DOM)).toBe('')
  expect(await compile(version, ...BUNDLER, ...DOM)).toBe('')
})

test.each(['5.4', '5.9', '6.0', '7.0'])(
  '`await using` compiles with the ESNext libraries of TypeScript %s',
  async (version) => {
    expect(
      await compile(version, ...BUNDLER, '--lib', 'ESNext,DOM,DOM.Iterable', '--typeRoots', 'none'),
    ).toBe('')
  },
)

test("the declarations satisfy TypeScript with Node's types and without the DOM's", async () => {
  expect(await compile('5.9', ...NODE, ...NO_DOM)).toBe('')
})

test('resolvers from before exports find every entry', async () => {
  const { exports } = JSON.parse(
    readFileSync(join(consumer, 'node_modules/runapi-video/package.json'), 'utf8'),
  )
  const entries = Object.keys(exports).filter((path) => path !== './package.json')
  const imports = entries.map((path, n) => `export * as entry${n} from 'runapi-video${path.slice(1)}'`)
  writeFileSync(join(consumer, 'old.ts'), imports.join('\n'))
  const old = [
    '--module',
    'commonjs',
    '--moduleResolution',
    'node10',
    '--ignoreDeprecations',
    '5.0',
    'old.ts',
  ]
  expect(await compile('5.9', ...old, ...DOM)).toBe('')
})

// What a module of a user's may export without writing a type.
const exporting = `
import * as main from 'runapi-video'
import { nextDelay, RunApiClient, schedules, schemas } from 'runapi-video'
import { createRunApi } from 'runapi-video/ai-sdk'
import { downloadVideo, uploadFile } from 'runapi-video/node'
import { createEmulator } from 'runapi-video/testing'
import { parseWebhook, signWebhook, verifyWebhook } from 'runapi-video/webhooks'

export const runapi = new RunApiClient()
export const patient = runapi.withOptions({ timeoutMs: 1 })
export const { luma, hailuo, account, files, pricing } = runapi
export const make = runapi.hailuo.textToVideo
export const created = runapi.luma.modifyVideo({ prompt: 'x', source_video_url: new URL('https://example.com/a.mp4') })
export const waited = created.wait()
export const polled = created.poll()
export const revived = runapi.task('luma.modifyVideo', 'x')
export const ref = revived.toJSON()
export const state = revived.state
export const updates = revived.updates()
export const quote = runapi.pricing.quote('luma.modifyVideo', { prompt: 'x', source_video_url: 'https://example.com/a.mp4' })
export const prices = runapi.pricing.schedules()
export const balance = runapi.account.balance()
export const uploaded = runapi.files.upload('https://example.com/a.png')
export const downloaded = runapi.download({ url: 'x' })
export const body = async () => (await downloaded).body
export const { settle, endpoint } = runapi
export const own = runapi.endpoint({ name: 'a.b', path: '/a/b', params: schemas.luma.modifyVideo })
export const rules = schemas
export const { luma: lumaSchemas } = schemas
export const table = schemas.hailuo.imageToVideo
export const models = schemas.hailuo.imageToVideo.models
export const check = schemas.hailuo.imageToVideo['~standard'].validate({})
export const presets = schedules
export const { typical, exponential, fixed } = schedules
export const delay = nextDelay
export class Mine extends main.RunApiError { get code(): 'api' { return 'api' } }
export const ours = (error: unknown) => (main.RunApiError.is(error) ? error : undefined)
export const failure = (error: unknown) => (error instanceof main.TaskFailedError ? error.failure : undefined)
export const timeout = new main.WaitTimeoutError('x', { timeoutMs: 1 })
export const everything = main
export const emulator = createEmulator()
export const { clock, tasks, requests, deliveries } = emulator
export const { next, listen, handlers } = emulator
export const provider = createRunApi()
export const model = provider.video('luma-modify-video')
export const { doStart, doStatus, doGenerate, handleWebhookOption } = model
export const event = verifyWebhook('x', {}, 'x')
export const parsed = parseWebhook('x')
export const signed = signWebhook('x', 'x')
export { downloadVideo, uploadFile, verifyWebhook }
export const upload = (path: string) => uploadFile(runapi, path)
export const save = downloadVideo
`

test.each(['5.4', '5.9', '6.0', '7.0'])(
  'what a module exports can be named by TypeScript %s',
  async (version) => {
    writeFileSync(join(consumer, 'exporting.mts'), exporting)
    const flags = ['--declaration', '--emitDeclarationOnly', '--outDir', `named-${version}`]
    const disposable = ['--lib', 'ES2022,DOM,DOM.Iterable,ESNext.Disposable', '--types', 'node']
    const module = ['--module', 'nodenext', '--noEmit', 'false', 'exporting.mts']
    expect(await compile(version, ...flags, ...module, ...disposable, '--skipLibCheck')).toBe('')
  },
)

// undici's types are those of another copy than the library's own.
const wide = `
import { Readable } from 'node:stream'
import { RunApiClient, type FetchLike } from 'runapi-video'
import { fetch as undiciFetch } from 'undici'

export const clients = [
  new RunApiClient({ fetch }),
  new RunApiClient({ fetch: undiciFetch }),
  new RunApiClient({ fetch: (url, init) => fetch(url, init) }),
  new RunApiClient({ fetch: async (url, init) => undiciFetch(url, { ...init, keepalive: true }) }),
  new RunApiClient({ fetch: async () => new Response('{}') }),
]
export const wrapped = (inner: typeof globalThis.fetch): FetchLike => async (url, init) => inner(url, init)
export const save = async (runapi: RunApiClient) => {
  const { body } = await runapi.download({ url: 'https://example.com/a.mp4' })
  for await (const piece of body) console.log(piece.length)
  const reader = body.getReader()
  console.log((await reader.read()).value?.length)
  return [Readable.fromWeb(body), new Response(body), fetch('https://example.com', { method: 'PUT', body })]
}
`

test.each([
  ['5.4', 'ES2022,DOM,DOM.Iterable'],
  ['5.4', 'ES2022'],
  ['5.9', 'ES2022,DOM,DOM.Iterable'],
  ['5.9', 'ES2022,DOM,DOM.Iterable,DOM.AsyncIterable'],
  ['5.9', 'ES2022'],
  ['6.0', 'ES2022,DOM,DOM.Iterable'],
  ['7.0', 'ES2022,DOM,DOM.Iterable'],
])("TypeScript %s with %s takes undici's fetch, a wrapped one and Node's streams", async (version, lib) => {
  writeFileSync(join(consumer, 'wide.mts'), wide)
  expect(
    await compile(
      version,
      '--module',
      'nodenext',
      '--types',
      'node',
      '--lib',
      lib,
      '--skipLibCheck',
      'wide.mts',
    ),
  ).toBe('')
})

const editor = openEditor(
  consumer,
  {
    'editor.ts': `
import { RunApiClient } from 'runapi-video'
const runapi = new RunApiClient()
const task = await runapi.luma./*method*/modifyVideo({ /*field*/prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' })
const state = await task./*wait*/wait()
state./*videos*/videos
runapi.hailuo.imageToVideo({
  model: 'hailuo-2.3-image-to-video-pro',
  prompt: 'Rain',
  first_frame_image_url: 'https://example.com/a.png',
  last_frame_image_url: 'https://example.com/b.png',
})
`,
  },
  { lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'] },
)

test.each(['method', 'field', 'wait', 'videos'])(
  'the hover of the %s names types and fits in ten lines of code',
  (marker) => {
    const hover = editor.hover(`/*${marker}*/`)
    expect(hover).toMatchSnapshot()
  },
)

test('a field that the model does not take is one compile error that names it', () => {
  expect(editor.compileErrors()).toMatchSnapshot()
})
