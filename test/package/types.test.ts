import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
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
    '--skipLibCheck',
    'false',
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

test("the declarations satisfy TypeScript with Node's types and without the DOM's", async () => {
  expect(await compile('5.9', ...NODE, ...NO_DOM)).toBe('')
})

test('resolvers from before exports find the main entry', async () => {
  writeFileSync(join(consumer, 'old.ts'), "import { RunApiClient } from 'runapi-video'\nnew RunApiClient()\n")
  expect(await compile('5.9', '--module', 'commonjs', '--moduleResolution', 'node10', 'old.ts', ...DOM)).toBe(
    '',
  )
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
