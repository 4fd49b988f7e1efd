import { expect, test } from 'vitest'
import { connectionErrorFrom } from '../../src/http/connection-error-from'

const WHERE = 'https://runapi.ai'
const coded = (code: string, fields: object = {}) => Object.assign(new Error(code), { code }, fields)
const wrapped = (cause: unknown) => new TypeError('fetch failed', { cause })
const from = (thrown: unknown) => connectionErrorFrom(thrown, WHERE, ['canary-key'])

test.each([
  coded('ENOTFOUND', { syscall: 'getaddrinfo' }),
  coded('EAI_AGAIN'),
  coded('ECONNREFUSED'),
  coded('UND_ERR_CONNECT_TIMEOUT'),
  coded('ETIMEDOUT', { syscall: 'connect' }),
  coded('EACCES', { syscall: 'connect' }),
  Object.assign(new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]), { code: 'ECONNREFUSED' }),
  new Error('bad port'),
  Object.assign(
    new Error('Client network socket disconnected before secure TLS connection was established'),
    { code: 'ECONNRESET' },
  ),
  new Error('client error (Connect): tcp connect error: Connection refused (os error 111)'),
])('%s happens before anything is sent', (cause) => {
  expect(from(wrapped(cause)).possiblyReceived).toBe(false)
  expect(from(cause).possiblyReceived).toBe(false)
  expect(from(cause).error.retryable).toBe(true)
})

test.each([
  coded('ECONNRESET'),
  coded('EPIPE'),
  coded('ETIMEDOUT', { syscall: 'read' }),
  coded('UND_ERR_SOCKET'),
  coded('UND_ERR_HEADERS_TIMEOUT'),
  new AggregateError([coded('ECONNREFUSED'), coded('ECONNRESET')]),
  new Error('socket hang up'),
  undefined,
  null,
  'text',
  7,
  Symbol('thrown'),
  Object.create(null),
])('after %s the request may have arrived', (cause) => {
  expect(from(wrapped(cause)).possiblyReceived).toBe(true)
  expect(from(cause).possiblyReceived).toBe(true)
  expect(from(cause).error.code).toBe('connection')
})

test.each([
  coded('CERT_HAS_EXPIRED'),
  coded('DEPTH_ZERO_SELF_SIGNED_CERT'),
  coded('SELF_SIGNED_CERT_IN_CHAIN'),
  coded('ERR_TLS_CERT_ALTNAME_INVALID'),
  coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
  new Error('invalid peer certificate: UnknownIssuer'),
])('%s is about the certificate: nothing was sent, and no retry mends it', (cause) => {
  const { error, possiblyReceived } = from(wrapped(cause))
  expect([possiblyReceived, error.retryable]).toEqual([false, false])
  expect(error.message).toContain('certificate of https://runapi.ai')
})

test("a host whose name sounds like a certificate's changes nothing", () => {
  const reset = Object.assign(new Error('read ECONNRESET concert-certificate.example.com'), {
    code: 'ECONNRESET',
  })
  expect(from(wrapped(reset)).possiblyReceived).toBe(true)
  expect(from(wrapped(reset)).error.retryable).toBe(true)
})

test('the code is part of the message', () => {
  expect(from(wrapped(coded('ECONNRESET'))).error.message).toBe(
    'no answer from https://runapi.ai (ECONNRESET); check the network and baseUrl',
  )
})

test('the cause is a copy without the secret and without a query', () => {
  const thrown = wrapped(new Error('Bearer canary-key is no header, at https://x.example/v.mp4?sig=canary'))
  const { cause } = from(thrown).error
  expect(cause).not.toBe(thrown)
  expect(String((cause as Error).cause)).toBe(
    'Error: Bearer [redacted] is no header, at https://x.example/v.mp4?[redacted]',
  )
})

test('an error that is its own cause, or whose getters throw, is read to its end', () => {
  const circular: Error = new Error('round')
  circular.cause = circular
  const broken = {
    get message() {
      throw new Error('getter')
    },
  }
  expect(from(circular).possiblyReceived).toBe(true)
  expect(from(broken).possiblyReceived).toBe(true)
})
