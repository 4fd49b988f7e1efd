import { RunApiClient, type RunApiClientOptions } from 'runapi-video'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { answers, completed, created, params, rejection, scriptedClient } from '../support/scripted-fetch'

beforeEach(() => {
  for (const name of ['RUNAPI_API_KEY', 'RUNAPI_BASE_URL', 'RUNAPI_LOG']) vi.stubEnv(name, undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

const keyless = (options: RunApiClientOptions = {}) => {
  const { apiKey, ...rest } = { apiKey: undefined, ...options }
  return scriptedClient(created, { apiKey, ...rest })
}
const sentBy = async ({ runapi, sent }: ReturnType<typeof scriptedClient>) => {
  await runapi.luma.modifyVideo(params)
  return { url: sent[0]?.url, headers: Object.fromEntries(sent[0]?.headers ?? []) }
}

test.each([
  { timeoutMs: 0 },
  { timeoutMs: Number.NaN },
  { timeoutMs: '60' },
  { maxRetries: -1 },
  { maxConnections: 0 },
  { maxConcurrentPolls: 1.5 },
  { apiKey: 7 },
  { baseUrl: 'http://example.com' },
  { baseUrl: '' },
  { fetch: 'fetch' },
  { headers: 'x' },
  { logger: {} },
  { logLevel: 'loud' },
  { clock: {} },
  { onEvent: 'log' },
  { allowInsecureHttp: 'yes' },
  { dangerouslyAllowBrowser: 1 },
  { headers: { authorization: 'Bearer canary\n' } },
  'text',
  7,
])('new RunApiClient(%j) is refused with the name of the option', (options) => {
  const [name] = typeof options === 'object' ? Object.keys(options) : ['options']
  expect(() => new RunApiClient(options as RunApiClientOptions)).toThrow(name)
  expect(() => new RunApiClient(options as RunApiClientOptions)).not.toThrow('canary')
})

test('a missing key shows at the first request, with the name of the variable', async () => {
  const { runapi, sent } = keyless()
  const error = await rejection(runapi.luma.modifyVideo(params))
  expect(error).toMatchObject({ code: 'configuration', idempotencyKey: expect.any(String) })
  expect(error.message).toContain('RUNAPI_API_KEY')
  expect(sent).toEqual([])
})

test.each([
  ['1', undefined, true],
  ['true', undefined, true],
  ['0', undefined, false],
  ['', undefined, false],
  ['1', false, false],
  ['0', true, true],
])(
  'RUNAPI_ALLOW_INSECURE_HTTP=%j with the option %j allows http on other hosts: %j',
  async (variable, option, allowed) => {
    vi.stubEnv('RUNAPI_ALLOW_INSECURE_HTTP', variable)
    const options = { allowInsecureHttp: option, baseUrl: 'http://emulator:4010' }
    const make = () => keyless({ apiKey: 'key', ...options })
    if (!allowed) return expect(make).toThrow('baseUrl: must be https')
    expect((await sentBy(make())).url).toBe('http://emulator:4010/api/v1/luma/modify_video')
  },
)

test('RUNAPI_ALLOW_INSECURE_HTTP goes for RUNAPI_BASE_URL too, and is refused where it is not a flag', async () => {
  vi.stubEnv('RUNAPI_BASE_URL', 'http://emulator:4010')
  vi.stubEnv('RUNAPI_ALLOW_INSECURE_HTTP', 'yes')
  const error = await rejection(keyless({ apiKey: 'key' }).runapi.luma.modifyVideo(params))
  expect(error).toMatchObject({ code: 'configuration' })
  expect(error.message).toContain('RUNAPI_ALLOW_INSECURE_HTTP: must be 1 or 0 (received "yes")')
  vi.stubEnv('RUNAPI_ALLOW_INSECURE_HTTP', '1')
  expect((await sentBy(keyless({ apiKey: 'key' }))).url).toBe('http://emulator:4010/api/v1/luma/modify_video')
})

test('the environment is read at the first request, not at construction', async () => {
  const client = keyless()
  vi.stubEnv('RUNAPI_API_KEY', ' env-key\n')
  vi.stubEnv('RUNAPI_BASE_URL', 'https://proxy.example.com/video/')
  const { url, headers } = await sentBy(client)
  expect(headers.authorization).toBe('Bearer env-key')
  expect(url).toBe('https://proxy.example.com/video/api/v1/luma/modify_video')
})

test('a blank variable counts as unset, a blank option does not', async () => {
  vi.stubEnv('RUNAPI_BASE_URL', '  ')
  vi.stubEnv('RUNAPI_API_KEY', 'env-key')
  expect((await sentBy(keyless())).url).toMatch(/^https:\/\/runapi\.ai\//)
  for (const apiKey of ['', '  ']) {
    const { runapi, sent } = keyless({ apiKey })
    expect((await rejection(runapi.luma.modifyVideo(params))).message).toContain('missing')
    expect(sent).toEqual([])
  }
})

test('options win over the environment', async () => {
  vi.stubEnv('RUNAPI_API_KEY', 'env-key')
  vi.stubEnv('RUNAPI_BASE_URL', 'nonsense')
  const { url, headers } = await sentBy(keyless({ apiKey: 'option-key', baseUrl: 'https://x.example' }))
  expect([url, headers.authorization]).toEqual([
    'https://x.example/api/v1/luma/modify_video',
    'Bearer option-key',
  ])
})

test('an environment that may not be read counts as unset', async () => {
  const env = new Proxy(
    {},
    {
      get: () => {
        throw new Error('Requires env access')
      },
    },
  )
  vi.stubGlobal('process', { ...process, env })
  expect((await rejection(keyless().runapi.luma.modifyVideo(params))).message).toContain('missing')
  vi.stubGlobal('process', undefined)
  expect((await rejection(keyless().runapi.luma.modifyVideo(params))).message).toContain('missing')
})

test('a bad variable is refused by its name, without its value', async () => {
  vi.stubEnv('RUNAPI_BASE_URL', 'https://user:canary@example.com')
  const error = await rejection(scriptedClient(created).runapi.luma.modifyVideo(params))
  expect(error.message).toContain('RUNAPI_BASE_URL')
  expect(error.message).not.toContain('canary')
})

test('a key function is asked before each attempt', async () => {
  let count = 0
  const { runapi, sent } = scriptedClient([answers(503, ''), created, completed], {
    apiKey: async () => `key-${++count}`,
  })
  await runapi.luma.modifyVideo(params).wait()
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer key-1',
    'Bearer key-2',
    'Bearer key-3',
  ])
})

test('a key function that fails or gives no key is a ConfigurationError, and nothing is sent', async () => {
  const throws = () => {
    throw new Error('vault is sealed')
  }
  for (const apiKey of [throws, async () => throws(), () => '', () => undefined, async () => 'Bearer x']) {
    const { runapi, sent } = scriptedClient(created, { apiKey: apiKey as () => string })
    const error = await rejection(runapi.luma.modifyVideo(params))
    expect(error).toMatchObject({ code: 'configuration', idempotencyKey: expect.any(String) })
    expect(sent).toEqual([])
  }
})

test('a key function that hangs is bounded by timeoutMs, and nothing was sent', async () => {
  const { runapi, sent, clock } = scriptedClient(created, {
    apiKey: () => new Promise(() => {}),
    timeoutMs: 3_000,
    maxRetries: 0,
  })
  expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({ code: 'request_timeout' })
  expect(clock.monotonic()).toBe(3_000)
  expect(sent).toEqual([])
})

test("apiKey: null sends no Authorization to a proxy, and is refused with the service's own base URL", async () => {
  vi.stubEnv('RUNAPI_API_KEY', 'env-key')
  const { headers } = await sentBy(keyless({ apiKey: null, baseUrl: 'https://app.example.com/api/runapi' }))
  expect(headers.authorization).toBeUndefined()
  for (const baseUrl of ['https://runapi.ai', 'https://api.runapi.ai/x']) {
    const { runapi, sent } = keyless({ apiKey: null, baseUrl })
    expect((await rejection(runapi.luma.modifyVideo(params))).message).toContain(
      'null sends no Authorization',
    )
    expect(sent).toEqual([])
  }
})

const PAGE = { document: {}, location: { href: 'https://app.example.com/shop' } }

test("in a browser page the service's own base URL is refused, with the proxy route explained", async () => {
  vi.stubGlobal('window', PAGE)
  const { runapi, sent } = scriptedClient(created)
  const error = await rejection(runapi.luma.modifyVideo(params))
  expect(error).toMatchObject({ code: 'configuration' })
  for (const word of ['baseUrl', 'route on your server', 'apiKey: null', 'dangerouslyAllowBrowser'])
    expect(error.message).toContain(word)
  expect(sent).toEqual([])
  expect((await sentBy(scriptedClient(created, { dangerouslyAllowBrowser: true }))).url).toMatch(/runapi\.ai/)
})

test("in a browser page a path is the page's own server, and no User-Agent is set", async () => {
  vi.stubGlobal('window', PAGE)
  const { url, headers } = await sentBy(scriptedClient(created, { apiKey: null, baseUrl: '/api/runapi' }))
  expect(url).toBe('https://app.example.com/api/runapi/api/v1/luma/modify_video')
  expect(headers).not.toHaveProperty('user-agent')
  expect(headers).not.toHaveProperty('authorization')
})

test('a worker of a browser sets no User-Agent either', async () => {
  vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/150' })
  expect((await sentBy(scriptedClient(created))).headers).not.toHaveProperty('user-agent')
})

test('outside browsers a path alone is not a base URL', () => {
  expect(() => new RunApiClient({ baseUrl: '/api/runapi' })).toThrow('only in a browser page')
})

test('constructing a client uses no timer, randomness, environment or AbortController', () => {
  const forbidden = () => {
    throw new Error('forbidden in global scope')
  }
  for (const name of ['setTimeout', 'setInterval', 'AbortController', 'fetch', 'queueMicrotask'])
    vi.stubGlobal(name, forbidden)
  vi.stubGlobal('crypto', { getRandomValues: forbidden, randomUUID: forbidden })
  const { versions } = process
  const envReads: unknown[] = []
  const env = new Proxy({}, { get: (_, name) => void envReads.push(name) })
  for (const stub of [{ versions, env }, new Proxy({}, { get: forbidden }), undefined]) {
    vi.stubGlobal('process', stub)
    expect(() => new RunApiClient()).not.toThrow()
    expect(() => new RunApiClient({ apiKey: 'test-key', allowInsecureHttp: true })).not.toThrow()
    expect(() => new RunApiClient().withOptions({ maxRetries: 0 })).not.toThrow()
  }
  expect(envReads).toEqual([])
})
