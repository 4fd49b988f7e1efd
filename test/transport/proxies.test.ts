import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { namesProxies, proxyFor } from '../../src/transport/proxies'

const VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']

beforeEach(() => {
  for (const name of VARIABLES) {
    vi.stubEnv(name, undefined)
    vi.stubEnv(name.toUpperCase(), undefined)
  }
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const set = (variables: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
}
const variableFor = (url: string) => proxyFor(url)?.variable

test('without a variable there is no proxy', () => {
  expect(proxyFor('https://runapi.ai')).toBeUndefined()
  expect(namesProxies()).toBe(false)
})

test.each([
  [{ https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:1' }, 'https_proxy', undefined],
  [{ HTTPS_PROXY: 'http://b:1', ALL_PROXY: 'http://c:1' }, 'HTTPS_PROXY', 'ALL_PROXY'],
  [{ ALL_PROXY: 'http://c:1' }, 'ALL_PROXY', 'ALL_PROXY'],
  [{ all_proxy: 'http://c:1', ALL_PROXY: 'http://d:1' }, 'all_proxy', 'all_proxy'],
  // As undici and Node: plain http's serves for https too.
  [{ HTTP_PROXY: 'http://e:1' }, 'HTTP_PROXY', 'HTTP_PROXY'],
  [{ HTTP_PROXY: 'http://e:1', all_proxy: 'http://c:1' }, 'all_proxy', 'HTTP_PROXY'],
  [{ https_proxy: ' ', HTTPS_PROXY: 'http://b:1' }, 'HTTPS_PROXY', undefined],
])('%o: https goes by %s, http by %s', (variables, https, http) => {
  set(variables)
  expect([variableFor('https://runapi.ai'), variableFor('http://runapi.ai')]).toEqual([https, http])
})

test.each([
  ['http://proxy:3128', 'http://proxy:3128'],
  ['https://proxy', 'https://proxy'],
  ['proxy:3128', 'http://proxy:3128'],
  ['me:secret@proxy:3128', 'http://me:secret@proxy:3128'],
  ['socks5://proxy', 'socks5://proxy'],
  ['SOCKS5H://proxy:1080', 'socks5://proxy:1080'],
  ['socks://[::1]:1080', 'socks://[::1]:1080'],
])('%s is a proxy', (text, url) => {
  set({ HTTPS_PROXY: text })
  expect(proxyFor('https://runapi.ai')).toEqual({ url, variable: 'HTTPS_PROXY' })
})

test.each([
  'ftp://me:secret@proxy',
  'socks4://me:secret@proxy',
  'http://',
  'http://pro xy',
  'pac+http://x/',
  '://',
])('%s is refused by the name of its variable, without its value', (text) => {
  for (const name of ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'ALL_PROXY']) {
    set({ [name]: text })
    expect(() => proxyFor('https://runapi.ai')).toThrow(
      expect.objectContaining({ misconfigured: expect.stringMatching(`^${name}: must be the URL of`) }),
    )
    expect(() => proxyFor('https://runapi.ai')).not.toThrow(
      expect.objectContaining({ misconfigured: expect.stringContaining('secret') }),
    )
    vi.stubEnv(name, undefined)
  }
})

test('an ALL_PROXY that serves nobody is not looked at', () => {
  set({ HTTP_PROXY: 'http://a:1', HTTPS_PROXY: 'http://b:1', ALL_PROXY: 'socks4://c' })
  expect(variableFor('https://runapi.ai')).toBe('HTTPS_PROXY')
})

test.each([
  ['*', true],
  ['other.example, *', true],
  ['runapi.ai', true],
  ['RUNAPI.AI', true],
  ['.runapi.ai', true],
  ['*.runapi.ai', true],
  ['ai', true],
  ['other.example,api.runapi.ai', true],
  ['other.example api.runapi.ai', true],
  ['api.runapi.ai:443', true],
  ['runapi.ai:443', true],
  ['runapi.ai.', true],
  ['runapi.ai:8443', false],
  ['napi.ai', false],
  ['my-api.runapi.ai', false],
  ['api.runapi.ai.example', false],
  [',, ,', false],
  [':443', false],
])('NO_PROXY=%s exempts https://api.runapi.ai: %s', (list, exempt) => {
  for (const name of ['no_proxy', 'NO_PROXY']) {
    set({ HTTPS_PROXY: 'http://proxy:3128', [name]: list })
    expect(proxyFor('https://api.runapi.ai') === undefined).toBe(exempt)
    vi.stubEnv(name, undefined)
  }
})

test.each([
  ['::1', 'http://[::1]:4010', true],
  ['[::1]', 'http://[::1]:4010', true],
  ['[::1]:4010', 'http://[::1]:4010', true],
  ['[::1]:4011', 'http://[::1]:4010', false],
  ['::2', 'http://[::1]:4010', false],
  ['127.0.0.1', 'http://127.0.0.1:4010', true],
  ['127.0.0.1:4010', 'http://127.0.0.1:4010', true],
  ['127.0.0.1:80', 'http://127.0.0.1:4010', false],
  ['localhost:80', 'http://localhost', true],
])('NO_PROXY=%s exempts %s: %s', (list, url, exempt) => {
  set({ HTTP_PROXY: 'http://proxy:3128', NO_PROXY: list })
  expect(proxyFor(url) === undefined).toBe(exempt)
})
