import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ApiError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InsufficientCreditsError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
} from '../../src/errors'
import { apiErrorFrom } from '../../src/http/api-error-from'

const from = (status: number, body: unknown, redact = (text: string) => text) =>
  apiErrorFrom({
    status,
    text: typeof body === 'string' ? body : JSON.stringify(body),
    redact,
    requestId: undefined,
    retryAfterMs: undefined,
  })

test.each([
  [400, BadRequestError, false],
  [401, AuthenticationError, false],
  [402, InsufficientCreditsError, false],
  [403, PermissionDeniedError, false],
  [404, NotFoundError, false],
  [408, ApiError, true],
  [409, ConflictError, false],
  [413, ApiError, false],
  [415, ApiError, false],
  [418, ApiError, false],
  [422, BadRequestError, false],
  [429, RateLimitError, true],
  [455, ServerError, true],
  [500, ServerError, true],
  [502, ServerError, true],
  [503, ServerError, true],
  [504, ServerError, true],
  [599, ServerError, true],
  [600, ApiError, false],
  [301, ApiError, false],
  [0, ApiError, false],
])('%i is a %o', (status, Class, retryable) => {
  const error = from(status, '')
  expect(error.constructor).toBe(Class)
  expect(error).toMatchObject({ status, retryable })
  expect(error.message).toMatch(new RegExp(`^${status}: [a-z]`))
})

// Literal bodies of the contract.
test.each([
  [{ error: 'Too many requests' }, 'Too many requests', undefined, undefined],
  [
    { error: 'Validation failed', errors: { prompt: ['is required'] } },
    'Validation failed',
    undefined,
    { prompt: ['is required'] },
  ],
  [{ error: { code: 'source_task_not_ready', message: 'wait' } }, 'wait', 'source_task_not_ready', undefined],
  [{ error: 'Not now', code: 'not_now' }, 'Not now', 'not_now', undefined],
  [{ message: 'No credits' }, 'No credits', undefined, undefined],
  [{ errors: ['First error'] }, 'First error', undefined, undefined],
  [{ detail: 'Detail' }, 'Detail', undefined, undefined],
  [{ errorMessage: 'Said' }, 'Said', undefined, undefined],
  [{ msg: 'Said' }, 'Said', undefined, undefined],
])('%j is read', (body, message, serviceCode, fieldErrors) => {
  const error = from(418, body)
  expect(error.message).toBe(`418: ${message}`)
  expect(error.serviceCode).toBe(serviceCode)
  expect(error.fieldErrors).toEqual(fieldErrors)
  expect(error.body).toEqual(body)
})

test('the message is taken in the order of the contract', () => {
  const names = ['error', 'message', 'detail', 'errorMessage', 'msg']
  for (const [index] of names.entries()) {
    const body = Object.fromEntries(names.slice(index).map((name) => [name, `said ${name}`]))
    expect(from(418, { ...body, errors: ['last'] }).message).toBe(`418: said ${names[index]}`)
  }
})

test.each([
  '<!DOCTYPE html><html><body>canary</body></html>',
  '<html>\n<h1>canary</h1>',
  '  <p>canary',
  '',
  ' \n',
])('the page %j is not quoted', (text) => {
  for (const body of [text, { error: text }, { message: text }])
    expect(from(502, body).message).toBe('502: the service could not be reached by its gateway')
  expect(from(502, text).body).toBe(text)
})

test('plain text of a proxy is quoted in one line of 300 characters', () => {
  expect(from(503, 'no\r\nhealthy   upstream').message).toBe('503: no healthy upstream')
  expect(from(503, 'x'.repeat(10_000)).message).toHaveLength('503: '.length + 300)
})

test("a redirect's own words are boilerplate", () => {
  expect(from(302, { message: 'Found' }).message).toContain('check baseUrl')
})

test('an echoed key is gone from message, code, fields and body, however JSON spells it', () => {
  const redact = (text: string) => text.replaceAll('canary/key', '[redacted]')
  const text =
    '{"error":{"message":"bad \\u0063anary\\/key","code":"canary\\/key"},"errors":{"canary\\/key":["canary\\/key"]}}'
  const error = from(401, text, redact)
  expect(JSON.stringify([error, error.message, error.body])).not.toContain('canary')
  expect(error.message).toMatch(/^401: bad \[redacted\]; /)
})

test('a service that complains about a thousand fields fills no log', () => {
  const errors = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => [`f${index}`, Array(1_000).fill('x')]),
  )
  const { fieldErrors = {} } = from(422, { errors })
  expect(Object.keys(fieldErrors)).toHaveLength(50)
  expect(fieldErrors.f0).toHaveLength(50)
})

test('whatever the body, the error is typed and its message one line of moderate length', () => {
  const text = fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 999 }), text, (status, body) => {
      const error = from(status, body)
      expect(error).toBeInstanceOf(ApiError)
      expect(error.message.length).toBeLessThanOrEqual(450)
      expect(error.message).not.toMatch(/[\r\n]/)
      JSON.stringify(error)
    }),
  )
})

const SUITE = '../shared/vectors/JSONTestSuite'
const suite = (() => {
  try {
    return readdirSync(SUITE)
  } catch {
    return []
  }
})()

test.skipIf(suite.length === 0)(
  `every file of JSONTestSuite is an error body (skipped without ${SUITE})`,
  () => {
    for (const name of suite) {
      const error = from(422, readFileSync(`${SUITE}/${name}`, 'utf8'))
      expect(error).toBeInstanceOf(BadRequestError)
      expect(error.message.length).toBeLessThanOrEqual(310)
    }
  },
)

test('a body that is nested a hundred thousand deep is an error like any other', () => {
  for (const text of ['['.repeat(100_000) + ']'.repeat(100_000), '{"error":'.repeat(100_000)])
    expect(from(500, text)).toBeInstanceOf(ServerError)
})
