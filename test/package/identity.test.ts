import { execFile } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'

const consumer = inject('consumer')

// Whatever one entry point makes, another takes: each assertion crosses from `a` to `b`.
const program = `
const { createEmulator } = testing
const emulator = createEmulator({ takesMs: 1_000 })
const { fetch, clock } = emulator
const options = { apiKey: 'k', fetch, clock, logLevel: 'off' }
const fromProvider = aiSdk.createRunApi(options).client
const params = { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' }
const seen = {}
const main = async () => {
  const ours = new a.RunApiClient(options)
  const task = await ours.luma.modifyVideo(params)
  const other = await fromProvider.luma.modifyVideo(params)
  seen.nextDelay = b.nextDelay(task, { attempt: 0 }) > 0 && a.nextDelay(other, { attempt: 0 }) > 0
  const theirs = new b.RunApiClient(options)
  seen.task = theirs.task(task).id === task.id && ours.task(other).id === other.id
  const json = theirs.task(JSON.stringify(other)).id === other.id
  seen.json = json

  const body = JSON.stringify({ id: task.id, status: 'completed', videos: [{ url: 'https://example.com/b.mp4' }] })
  const headers = await webhooks.signWebhook(body, emulator.callbackSecret)
  const event = await webhooks.verifyWebhook(body, headers, emulator.callbackSecret)
  // Virtual time goes on while a wait sleeps and the signature is made, so the wait comes last.
  const waiting = theirs.task(task).wait()
  seen.settle = theirs.settle(event)
  seen.settled = (await waiting).videos[0].url

  const failing = { ...options, apiKey: undefined, baseUrl: 'http://127.0.0.1:1', maxRetries: 0, fetch: undefined, clock: undefined }
  const error = await new a.RunApiClient({ ...failing, apiKey: 'k' }).task('luma.modifyVideo', 'x').poll().catch((it) => it)
  seen.brand = b.RunApiError.is(error) && error instanceof a.ConnectionError
  const refused = await webhooks.verifyWebhook('x', {}, 'c2VjcmV0').catch((it) => it)
  seen.webhookError = b.RunApiError.is(refused)
  const missing = await node.uploadFile(theirs, '/no/such/file.png').catch((it) => it)
  seen.uploadFile = missing.code === 'configuration' && missing.message.startsWith('path')
  const own = { name: 'a.b', path: '/api/v1/a/b', params: b.schemas.luma.modifyVideo }
  seen.schema = typeof ours.endpoint(own) === 'function'
  console.log(JSON.stringify(seen))
}
main()
`
const expected = {
  nextDelay: true,
  task: true,
  json: true,
  settle: true,
  settled: 'https://example.com/b.mp4',
  brand: true,
  webhookError: true,
  uploadFile: true,
  schema: true,
}

const printed = async (name: string, text: string): Promise<unknown> => {
  writeFileSync(join(consumer, name), text)
  const { stdout } = await promisify(execFile)(process.execPath, [name], { cwd: consumer, timeout: 60_000 })
  return JSON.parse(stdout)
}

const NAMES = { a: '', b: '', testing: '/testing', aiSdk: '/ai-sdk', webhooks: '/webhooks', node: '/node' }

test('the entry points of the CommonJS build take what another of them made', async () => {
  const loads = Object.entries(NAMES).map(([name, path]) => `const ${name} = require('runapi-video${path}')`)
  expect(await printed('identity.cjs', loads.join('\n') + program)).toEqual(expected)
})

test('the two module formats take what the other one made', async () => {
  const loads = Object.entries(NAMES).map(([name, path]) =>
    name === 'a' ? `import * as a from 'runapi-video'` : `const ${name} = require('runapi-video${path}')`,
  )
  const begin =
    "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\n"
  expect(await printed('identity.mjs', begin + loads.join('\n') + program)).toEqual(expected)
})

test('two copies of the package take what the other one made', async () => {
  const copy = join(consumer, 'node_modules/runapi-video-copy')
  cpSync(join(consumer, 'node_modules/runapi-video'), copy, { recursive: true })
  const loads = Object.entries(NAMES).map(
    ([name, path]) => `import * as ${name} from 'runapi-video${name === 'a' ? '' : '-copy'}${path}'`,
  )
  expect(await printed('copies.mjs', `${loads.join('\n')}\n${program}`)).toEqual(expected)
})
