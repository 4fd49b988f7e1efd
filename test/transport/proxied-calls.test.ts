import { ConfigurationError, RunApiClient } from 'runapi-video'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ForwardProxy, listenProxy, listenSocks } from './forward-proxy'
import { type Loopback, listen } from './loopback'

// Resolves nowhere: what reaches the server came through a proxy.
const API = 'http://api.invalid'
const params = { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' }

let server: Loopback
const closers: (() => Promise<void>)[] = []
const lines: string[] = []
const log = (line: string): void => void lines.push(line)
const logger = { debug: log, info: log, warn: log, error: log }

beforeEach(async () => {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined)
    vi.stubEnv(name.toUpperCase(), undefined)
  }
  server = await listen((_, response) => response.end(JSON.stringify({ id: 'tsk_1', status: 'pending' })))
  lines.length = 0
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  for (const close of closers.splice(0)) await close()
  await server.close()
})

const open = (proxy: ForwardProxy): ForwardProxy => {
  closers.push(proxy.close)
  return proxy
}
const client = (baseUrl = API): RunApiClient => {
  const runapi = new RunApiClient({
    apiKey: 'key-of-a-test',
    baseUrl,
    allowInsecureHttp: true,
    maxRetries: 0,
    logger,
  })
  closers.push(() => runapi.close())
  return runapi
}
const buy = (runapi = client()) => runapi.luma.modifyVideo(params)
const errorOf = async (call: PromiseLike<unknown>) =>
  call.then(
    () => expect.unreachable(),
    (error) => error,
  )
const withLogin = (url: string, login: string): string => url.replace('://', `://${login}@`)

test.each(['socks5', 'socks', 'socks5h'])('a create goes through a %s proxy', async (scheme) => {
  const proxy = open(await listenSocks({ 'api.invalid': server.port }))
  vi.stubEnv('ALL_PROXY', proxy.url.replace('socks5', scheme))
  expect((await buy()).id).toBe('tsk_1')
  expect(proxy.tunnels.map(({ to }) => to)).toEqual(['api.invalid:80'])
})

test('a SOCKS proxy gets user and password as they are, not percent-encoded', async () => {
  const login = { user: 'me@home', password: 'p:ss' }
  const proxy = open(await listenSocks({ 'api.invalid': server.port }, login))
  vi.stubEnv('HTTP_PROXY', withLogin(proxy.url, 'me%40home:p%3Ass'))
  await buy()
  expect(proxy.tunnels).toEqual([{ to: 'api.invalid:80', authorization: 'me@home:p:ss' }])
})

test.each([
  ['me:p%40ss', 'me:p@ss'],
  ['me', 'me:'],
  ['me:', 'me:'],
  [':token', ':token'],
  ['me:100%25', 'me:100%'],
  ['me:100%', 'me:100%'],
])('the login %s reaches an HTTP proxy as %s', async (login, plain) => {
  const proxy = open(await listenProxy({ 'api.invalid': server.port }))
  vi.stubEnv('HTTP_PROXY', withLogin(proxy.url, login))
  await buy()
  expect(proxy.tunnels[0]?.authorization).toBe(`Basic ${Buffer.from(plain).toString('base64')}`)
})

const dead = async (kind: 'http' | 'socks5'): Promise<string> => {
  const proxy = await (kind === 'http' ? listenProxy() : listenSocks())
  await proxy.close()
  return proxy.url
}
const refusingLogin = async () => open(await listenSocks({}, { user: 'other', password: 'x' })).url

test.each<[string, () => Promise<string>, RegExp]>([
  ['an HTTP proxy that is dead', () => dead('http'), /ECONNREFUSED/],
  ['a SOCKS proxy that is dead', () => dead('socks5'), /ECONNREFUSED/],
  ['a proxy that does not resolve', async () => 'http://proxy.invalid:3128', /ENOTFOUND|EAI_AGAIN/],
  ['a proxy that refuses to connect', async () => open(await listenProxy({}, 407)).url, /ERR_PROXY_TUNNEL/],
  ['a SOCKS proxy that refuses the login', refusingLogin, /UND_ERR_SOCKS5/],
])('%s is named without its password, and nothing was bought', async (_, start, code) => {
  const url = await start()
  for (const variable of ['HTTP_PROXY', 'all_proxy']) {
    vi.stubEnv(variable, withLogin(url, 'me:secret'))
    const error = await errorOf(buy())
    expect(error).toMatchObject({ code: 'connection' })
    expect(error.message).toContain(`the proxy ${url}`)
    expect(error.message).toContain(variable)
    expect(error.message).toMatch(code)
    expect(error.message).not.toContain('api.invalid')
    expect(JSON.stringify([error, error.cause, error.stack])).not.toContain('secret')
    vi.stubEnv(variable, undefined)
  }
  expect(server.requests).toEqual([])
})

test('what breaks off behind a proxy names both, and may have been bought', async () => {
  const breaking = await listen((_, response) => response.destroy())
  closers.push(breaking.close)
  const proxy = open(await listenProxy({ 'api.invalid': breaking.port }))
  vi.stubEnv('HTTP_PROXY', proxy.url)
  const error = await errorOf(buy())
  expect(error).toMatchObject({ code: 'unknown_outcome', cause: { code: 'connection' } })
  expect(error.cause.message).toContain(`http://api.invalid through the proxy ${proxy.url}`)
})

test('a proxy of an unknown kind is refused before anything is sent', async () => {
  vi.stubEnv('ALL_PROXY', 'socks4://me:secret@127.0.0.1:1080')
  const error = await errorOf(buy(client(server.url)))
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(error.message).toMatch(/^ALL_PROXY: must be the URL of an http, https or socks5 proxy/)
  expect(error.message).not.toContain('secret')
  expect(server.requests).toEqual([])
})

test('a replaced fetch is used, and one warning says that the proxy is up to it', async () => {
  vi.stubEnv('HTTP_PROXY', 'http://proxy.invalid:3128')
  vi.stubGlobal('fetch', async () => new Response('{"id":"tsk_1"}'))
  const runapi = client()
  await buy(runapi)
  await buy(runapi)
  expect(lines).toEqual([expect.stringMatching(/HTTP_PROXY is set, but the global fetch was replaced/)])
})

test.each([
  ['NO_PROXY lists the host', 'api.invalid'],
  ['a fetch was given', undefined],
])('a replaced fetch is no reason to warn where %s', async (_, exempt) => {
  vi.stubEnv('HTTP_PROXY', 'http://proxy.invalid:3128')
  vi.stubEnv('NO_PROXY', exempt)
  const fetch = async () => new Response('{"id":"tsk_1"}')
  vi.stubGlobal('fetch', fetch)
  const options = { apiKey: 'key', baseUrl: API, allowInsecureHttp: true, logger }
  await buy(new RunApiClient(exempt ? options : { ...options, fetch }))
  expect(lines).toEqual([])
})
