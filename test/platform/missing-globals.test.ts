import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundle } from '../support/bundled'

const ENTRIES = ['index', 'webhooks', 'testing', 'node', 'ai-sdk']
const HOST = [
  'AbortController',
  'AbortSignal',
  'Blob',
  'Buffer',
  'DOMException',
  'Event',
  'EventTarget',
  'FormData',
  'Headers',
  'ReadableStream',
  'Request',
  'Response',
  'TextDecoder',
  'TextEncoder',
  'TransformStream',
  'URL',
  'URLSearchParams',
  'atob',
  'btoa',
  'clearTimeout',
  'console',
  'crypto',
  'fetch',
  'navigator',
  'performance',
  'process',
  'queueMicrotask',
  'setTimeout',
  'structuredClone',
]

let folder: string
const sources = new Map<string, string>()

beforeAll(async () => {
  const entry = Object.fromEntries(
    ENTRIES.map((name) => [name, name === 'index' ? 'src/index.ts' : `src/${name}/index.ts`]),
  )
  folder = await bundle({ entry, transport: 'node', format: 'cjs' })
  for (const name of ENTRIES) sources.set(name, readFileSync(join(folder, `${name}.cjs`), 'utf8'))
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A realm that has the globals of the language and these of the host, and nothing else. */
const realm = (globals: Readonly<Record<string, unknown>>) => {
  const require = createRequire(import.meta.url)
  const context = createContext({ ...globals })
  return {
    context,
    load: (name: string) => {
      const module = { exports: {} as Record<string, never> }
      const run = runInContext(`(function (module, exports, require) {${sources.get(name)}\n})`, context)
      run(module, module.exports, require)
      return module.exports as Record<string, (...given: unknown[]) => never>
    },
  }
}
const host = (...without: string[]): Record<string, unknown> =>
  Object.fromEntries(
    HOST.filter((name) => !without.includes(name)).map((name) => [name, Reflect.get(globalThis, name)]),
  )

const answersOf = (sent: unknown[]) => async (url: string, init: { method: string }) => {
  sent.push(init.method)
  const body =
    init.method === 'POST'
      ? { id: 'tsk_1', status: 'pending' }
      : { id: 'tsk_1', status: 'completed', videos: [{ url: 'https://example.com/a.mp4' }] }
  const bytes = Buffer.from(JSON.stringify({ ...body, url: undefined, asked: url }))
  return { status: 200, headers: { get: () => null }, body: null, arrayBuffer: async () => bytes }
}

/** Buys a task and waits for it in this realm; resolves with the error where that fails. */
const buy = async (globals: Record<string, unknown>, options: object = {}, ofCall?: object) => {
  const sent: unknown[] = []
  const { load } = realm(globals)
  const { RunApiClient } = load('index') as unknown as typeof import('../../src/index')
  const fetch = answersOf(sent) as unknown as typeof globalThis.fetch
  const run = async () => {
    const runapi = new RunApiClient({ apiKey: 'key', fetch, logLevel: 'off', ...options })
    const params = { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' }
    return (await runapi.luma.modifyVideo(params, ofCall).wait({ schedule: () => 1 })).videos[0].url
  }
  const outcome = await run().catch((error) => error)
  return { outcome, sent }
}

test.each(ENTRIES)('%s is imported where no global of any host is there', (name) => {
  expect(Object.keys(realm({}).load(name))).not.toEqual([])
})

test('every global is there: a task is bought and waited for', async () => {
  const { outcome, sent } = await buy(host())
  expect(outcome).toBe('https://example.com/a.mp4')
  expect(sent).toEqual(['POST', 'GET'])
})

// What a purchase cannot do without, with the way out where it is not only a polyfill.
const NEEDED: Readonly<Record<string, RegExp>> = {
  AbortController: /^AbortController: this runtime has no such global/,
  TextDecoder: /^TextDecoder: this runtime has no such global/,
  URL: /^URL: this runtime has no such global/,
  clearTimeout: /^clearTimeout: this runtime has no such global/,
  crypto: /^crypto\.getRandomValues: this runtime has no such global.*pass idempotencyKey/,
  setTimeout: /^setTimeout: this runtime has no such global/,
}

test.each(HOST)(
  'without %s a purchase works, or is refused by its name before anything is sent',
  async (name) => {
    const { outcome, sent } = await buy(host(name))
    const needed = NEEDED[name]
    if (needed === undefined) return expect(outcome).toBe('https://example.com/a.mp4')
    expect(outcome).toMatchObject({ code: 'configuration', message: expect.stringMatching(needed) })
    expect(sent).toEqual([])
  },
)

test('without any global a purchase is refused before anything is sent', async () => {
  const { outcome, sent } = await buy({})
  expect(outcome).toMatchObject({ code: 'configuration' })
  expect(sent).toEqual([])
})

test('what is needed and nothing else is enough', async () => {
  const needed = host(...HOST.filter((name) => !(name in NEEDED)))
  expect((await buy(needed)).outcome).toBe('https://example.com/a.mp4')
})

test('a key of the caller needs no crypto', async () => {
  const { outcome } = await buy(host('crypto'), {}, { idempotencyKey: 'order-1' })
  expect(outcome).toBe('https://example.com/a.mp4')
})

test('without a fetch the option is named', async () => {
  const { outcome } = await buy(host('fetch'), { fetch: undefined })
  expect(outcome).toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(/^fetch: .*option fetch/),
  })
})

test.each(['AbortController', 'TextDecoder', 'setTimeout'])(
  'a stored task whose wait lacks %s keeps its handle',
  async (name) => {
    const { load } = realm(host(name))
    const { RunApiClient } = load('index') as unknown as typeof import('../../src/index')
    const runapi = new RunApiClient({ apiKey: 'key', fetch: answersOf([]) as never, logLevel: 'off' })
    const task = runapi.task('luma.modifyVideo', 'tsk_1')
    for (const call of [() => task.wait(), () => task.poll()]) {
      const error = await call().catch((thrown) => thrown)
      expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining(`${name}: `) })
      expect(error.task.id).toBe('tsk_1')
    }
  },
)

test.each([
  ['crypto', /^crypto\.subtle: .*https/],
  ['TextEncoder', /^TextEncoder: /],
  ['TextDecoder', /^TextDecoder: /],
  ['atob', /^atob: /],
])('without %s a webhook is refused by its name', async (name, message) => {
  const { verifyWebhook } = realm(host(name)).load(
    'webhooks',
  ) as unknown as typeof import('../../src/webhooks')
  const error = await verifyWebhook('{}', {}, 'c2VjcmV0').catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'configuration', message: expect.stringMatching(message) })
})

/** A signal as abort-controller@3 and old engines make it: without `reason`, `throwIfAborted`, `any` and `timeout`. */
const oldController = () => {
  const target = new EventTarget()
  const signal = Object.assign(target, { aborted: false })
  const abort = (): void => {
    signal.aborted = true
    target.dispatchEvent(new Event('abort'))
  }
  return { signal: signal as unknown as AbortSignal, abort }
}

test.each(['before the call', 'while the task is created', 'during the wait'])(
  "a polyfill's signal that aborts %s ends the call with an AbortError",
  async (when) => {
    const { signal, abort } = oldController()
    const { load } = realm(host())
    const { RunApiClient } = load('index') as unknown as typeof import('../../src/index')
    const sent: string[] = []
    const fetch = async (url: string, init: { method: string }) => {
      sent.push(init.method)
      if (when === 'while the task is created') abort()
      return answersOf([])(url, { method: 'POST' })
    }
    if (when === 'before the call') abort()
    const runapi = new RunApiClient({ apiKey: 'key', fetch: fetch as never, logLevel: 'off' })
    const params = { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' }
    const options = when === 'during the wait' ? {} : { signal }
    const call = runapi.luma.modifyVideo(params, options).wait({ signal })
    if (when === 'during the wait') setTimeout(abort, 20)
    const error = await call.catch((thrown) => thrown)
    expect(error).toMatchObject({ name: 'AbortError', message: expect.stringMatching(/./) })
    expect(sent).toEqual(when === 'before the call' ? [] : ['POST'])
  },
)

test('an AbortController that knows no reasons still gives the caller his own, and a closed client its error', async () => {
  class OldController {
    readonly signal: AbortSignal
    readonly abort: () => void
    constructor() {
      const made = oldController()
      this.signal = made.signal
      this.abort = made.abort
    }
  }
  const { load } = realm({ ...host(), AbortController: OldController })
  const { RunApiClient } = load('index') as unknown as typeof import('../../src/index')
  const runapi = new RunApiClient({
    apiKey: 'key',
    fetch: () => new Promise(() => {}),
    logLevel: 'off',
  })
  const controller = new AbortController()
  const params = { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' }
  const aborted = runapi.luma.modifyVideo(params, { signal: controller.signal }).catch((error) => error)
  const closed = runapi.account.balance().catch((error) => error)
  await new Promise((resolve) => setTimeout(resolve, 10))
  const reason = new Error('enough')
  controller.abort(reason)
  expect(await aborted).toBe(reason)
  await runapi.close()
  expect(await closed).toMatchObject({ code: 'client_closed' })
})

// As React Native has it.
class URLWithoutFields {
  constructor(readonly text: string) {}
  get protocol(): string {
    throw new Error('URL.protocol is not implemented')
  }
}

test('a URL whose fields throw is refused as missing, and nothing is sent', async () => {
  for (const options of [{}, { baseUrl: 'https://example.com' }]) {
    const { outcome, sent } = await buy({ ...host(), URL: URLWithoutFields }, options)
    expect(outcome).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/^URL: .*incomplete.*set it on globalThis/),
    })
    expect(sent).toEqual([])
  }
})

test('a Promise that a polyfill replaced changes nothing for keys and schemas that take their time', async () => {
  const globals = host()
  const { context, load } = realm(globals)
  const { RunApiClient } = load('index') as unknown as typeof import('../../src/index')
  runInContext(
    `{
      const Native = Promise
      globalThis.Promise = class extends Native {}
    }`,
    context,
  )
  const sent: { headers: Record<string, string>; body: string }[] = []
  const fetch = async (
    url: string,
    init: { method: string; headers: Record<string, string>; body: string },
  ) => {
    sent.push(init)
    return answersOf([])(url, init)
  }
  const apiKey = runInContext("async () => 'key-of-a-function'", context)
  const validate = runInContext('async (value) => ({ value: { ...value, checked: true } })', context)
  const runapi = new RunApiClient({ apiKey, fetch: fetch as never, logLevel: 'off' })
  const params = { '~standard': { version: 1, vendor: 'own', validate } } as const
  const draw = runapi.endpoint({ name: 'own.draw', path: '/api/v1/own/draw', params })
  expect((await draw({ prompt: 'Fog' })).id).toBe('tsk_1')
  expect(sent[0]?.headers.authorization).toBe('Bearer key-of-a-function')
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ prompt: 'Fog', checked: true })
})

test('where the prototype of errors is frozen, a lost create is an unknown outcome all the same', async () => {
  const { context, load } = realm(host())
  const { RunApiClient } = load('index') as unknown as typeof import('../../src/index')
  runInContext('Object.freeze(Error.prototype)', context)
  const fetch = async (): Promise<never> => {
    throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  }
  const runapi = new RunApiClient({ apiKey: 'key', fetch, maxRetries: 0, logLevel: 'off' })
  const params = { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' }
  const error = await runapi.luma.modifyVideo(params, { idempotencyKey: 'order-1' }).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'unknown_outcome', idempotencyKey: 'order-1' })
  expect(error.cause.cause).toMatchObject({ name: 'Error', code: 'ECONNRESET' })
})
