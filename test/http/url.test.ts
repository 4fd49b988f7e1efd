import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConfigurationError } from '../../src/errors'
import { apiUrl, locationPath, pathSegment } from '../../src/http/url'
import { type BaseUrlContext, parseBaseUrl, sameBase } from '../../src/settings/base-url'

const base = (text: unknown, context: Partial<BaseUrlContext> = {}) =>
  parseBaseUrl(text, { from: 'baseUrl', allowInsecureHttp: false, ...context })
const refusal = (text: unknown, context?: Partial<BaseUrlContext>): string => {
  try {
    base(text, context)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message
    throw error
  }
  throw new Error(`${text} was not refused`)
}

test('a path prefix is kept, slashes at its end are not', () => {
  expect(base('https://proxy.example.com/video/api//').href).toBe('https://proxy.example.com/video/api')
  expect(apiUrl(base('https://proxy.example.com/video/'), '/api/v1/me')).toBe(
    'https://proxy.example.com/video/api/v1/me',
  )
  expect(base(' https://runapi.ai/ ').href).toBe('https://runapi.ai')
})

test('http is for loopback hosts, or allowed by name', () => {
  for (const host of [
    'localhost:4010',
    '127.0.0.1',
    '127.9.9.9:1',
    '127.10.200.255',
    '[::1]:80',
    'api.localhost',
    'localhost.',
  ])
    expect(base(`http://${host}`).isLoopback).toBe(true)
  for (const host of [
    '10.0.0.1',
    'example.com',
    'localhost.example.com',
    '127.0.0.1.example.com',
    'notlocalhost',
    '[::2]',
  ])
    expect(refusal(`http://${host}`)).toContain('allowInsecureHttp')
  expect(base('http://10.0.0.1:4010', { allowInsecureHttp: true }).origin).toBe('http://10.0.0.1:4010')
})

test.each([
  ['https://user:canary@example.com', 'user name or password'],
  ['https://canary@example.com', 'user name or password'],
  ['https://example.com/?key=canary', 'query or a fragment'],
  ['https://example.com/?', 'query or a fragment'],
  ['https://example.com/#canary', 'query or a fragment'],
  ['ftp://example.com/canary', 'https://'],
  ['file:///canary', 'https://'],
  ['javascript:canary', 'https://'],
  ['example.com/canary', 'full URL'],
  ['/api/canary', 'browser page'],
  ['//canary.example.com', 'browser page'],
  ['', 'must be a URL'],
  ['   ', 'must be a URL'],
  [null, 'must be a URL'],
  [7, 'must be a URL'],
])('%j is refused, with the way out and without the value', (text, why) => {
  expect(refusal(text)).toContain(why)
  expect(refusal(text)).not.toContain('canary')
})

test("in a browser page the base may be a path of the page's own server, and no other", () => {
  const page = 'https://app.example.com/shop/cart'
  expect(base('/api/runapi/', { page }).href).toBe('https://app.example.com/api/runapi')
  expect(base(' /api ', { page }).href).toBe('https://app.example.com/api')
  expect(base('/api', { page: 'http://app.example.com/' }).href).toBe('http://app.example.com/api')
  for (const text of ['//evil.example.com/api', '/\\evil.example.com/api', 'api']) {
    expect(refusal(text, { page })).toContain('full URL')
  }
  expect(refusal('/api', { page: 'about:blank' })).toContain('full URL')
  expect(refusal('http://other.example.com', { page: 'http://app.example.com/' })).toContain('https')
})

test("the service's own hosts are told from look-alikes", () => {
  for (const host of ['runapi.ai', 'api.runapi.ai', 'RUNAPI.AI.'])
    expect(base(`https://${host}`).isService).toBe(true)
  for (const host of ['notrunapi.ai', 'runapi.ai.example.com', 'runapi.aix'])
    expect(base(`https://${host}`).isService).toBe(false)
})

test('a path that would leave the prefix is refused', () => {
  const prefixed = base('https://proxy.example.com/video')
  for (const path of ['/../admin', '/a/../../admin', '/%2e%2e/admin', '/..\\..\\admin', 'api', '', '@evil'])
    expect(() => apiUrl(prefixed, path)).toThrow(ConfigurationError)
})

test('without a prefix too, a path begins with a slash and stays on the origin', () => {
  const service = base('https://runapi.ai')
  for (const path of ['?a', '#a', '', '@evil.example.com/a', '.evil.example.com/a', ':8080/a', '@['])
    expect(() => apiUrl(service, path)).toThrow('path: must begin with / and stay under https://runapi.ai')
})

test('an id of 512 characters is a segment, a longer one is none', () => {
  expect(pathSegment('x'.repeat(512))).toBe('x'.repeat(512))
  expect(pathSegment('x'.repeat(513))).toBeUndefined()
})

test('an id is one encoded segment under the path, whatever it holds', () => {
  const prefixed = base('https://proxy.example.com/video')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (id) => {
      const segment = pathSegment(id)
      if (segment === undefined) {
        expect(id === '' || id === '.' || id === '..' || id.length > 512 || /\p{Surrogate}/u.test(id)).toBe(
          true,
        )
        return
      }
      const url = new URL(apiUrl(prefixed, `/api/v1/luma/modify_video/${segment}`))
      expect(url.origin).toBe('https://proxy.example.com')
      expect(url.search + url.hash).toBe('')
      const [, last, ...rest] = url.pathname.split('/video/api/v1/luma/modify_video/')
      expect(rest).toEqual([])
      expect(decodeURIComponent(last ?? '')).toBe(id)
    }),
  )
})

test('a Location is followed on the same origin and under the prefix only', () => {
  const prefixed = base('https://proxy.example.com/video')
  const at = 'https://proxy.example.com/video/api/v1/luma/modify_video'
  const path = (location: string) => locationPath(prefixed, location, at)
  expect(path('/video/api/v1/tasks/1')).toBe('/api/v1/tasks/1')
  expect(path('modify_video/1?wait=0#x')).toBe('/api/v1/luma/modify_video/1?wait=0')
  for (const location of [
    'https://evil.example.com/video/api',
    '//evil.example.com/video/api',
    '\\\\evil.example.com/video/api',
    'http://proxy.example.com/video/api',
    'https://proxy.example.com:444/video/api',
    'https://user@proxy.example.com/video/api',
    '/admin',
    '/videos/api',
    '/video/../admin',
    '/video/%2e%2e/admin',
    'javascript:alert(1)',
    'http://[',
  ])
    expect(path(location)).toBeUndefined()
})

test('no Location leads away from the base', () => {
  const prefixed = base('https://proxy.example.com/video')
  const at = 'https://proxy.example.com/video/api/v1/luma/modify_video'
  const location = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc
      .array(fc.constantFrom('..', '.', '/', '\\', '%2e', '@', ':', 'video', 'https:', '?', '#'))
      .map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(location, (text) => {
      const path = locationPath(prefixed, text, at)
      if (path !== undefined)
        expect(apiUrl(prefixed, path)).toMatch(/^https:\/\/proxy\.example\.com\/video\//)
    }),
  )
})

test('two loopback bases are the same, other origins are not', () => {
  expect(sameBase(base('http://127.0.0.1:4010'), 'http://localhost:9999')).toBe(true)
  expect(sameBase(base('https://runapi.ai'), 'https://runapi.ai/')).toBe(true)
  expect(sameBase(base('https://a.example/video'), 'https://a.example/video//')).toBe(true)
  expect(sameBase(base('https://a.example/video'), 'https://a.example/videos')).toBe(false)
  expect(sameBase(base('https://runapi.ai'), 'http://localhost')).toBe(false)
  expect(sameBase(base('https://runapi.ai'), 'nonsense')).toBe(false)
})

const VECTORS = '../shared/vectors'
const vectors = <T>(name: string): T[] =>
  existsSync(`${VECTORS}/${name}`) ? JSON.parse(readFileSync(`${VECTORS}/${name}`, 'utf8')) : []

test('the URLs of web-platform-tests are accepted or refused, and never build a request elsewhere', (context) => {
  const entries = vectors<string | { input: string }>('urltestdata.json')
  if (entries.length === 0) context.skip('the vectors are not on this machine')
  let accepted = 0
  for (const entry of entries) {
    if (typeof entry === 'string') continue
    for (const page of [undefined, 'https://app.example.com/shop/cart']) {
      try {
        const checked = base(entry.input, { allowInsecureHttp: true, page })
        accepted++
        expect(checked.href).toBe(checked.origin + checked.prefix)
        expect(checked.href).not.toMatch(/[?#]/)
        const url = new URL(apiUrl(checked, '/api/v1/me'))
        expect([url.origin, url.pathname]).toEqual([checked.origin, `${checked.prefix}/api/v1/me`])
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error
      }
    }
  }
  expect(accepted).toBeGreaterThan(100)
})

test('naughty strings as ids stay one segment', (context) => {
  const ids = vectors<string>('blns.json')
  if (ids.length === 0) context.skip('the vectors are not on this machine')
  const service = base('https://runapi.ai')
  for (const id of ids) {
    const segment = pathSegment(id)
    if (segment === undefined) continue
    const { pathname, search, hash } = new URL(apiUrl(service, `/tasks/${segment}`))
    expect([decodeURIComponent(pathname.slice('/tasks/'.length)), search, hash]).toEqual([id, '', ''])
  }
})
