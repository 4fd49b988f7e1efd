import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import * as errors from '../../src/errors'
import type { RunApiErrorInit } from '../../src/errors/run-api-error'

const api = { status: 418 }
const facts: [string, errors.RunApiError, string, boolean, (abstract new (...args: never[]) => unknown)?][] =
  [
    ['ConfigurationError', new errors.ConfigurationError('said'), 'configuration', false],
    ['ValidationError', new errors.ValidationError('said', { issues: [] }), 'validation', false],
    ['ApiError', new errors.ApiError('said', api), 'api', false],
    [
      'BadRequestError',
      new errors.BadRequestError('said', { status: 422 }),
      'bad_request',
      false,
      errors.ApiError,
    ],
    [
      'AuthenticationError',
      new errors.AuthenticationError('said', api),
      'authentication',
      false,
      errors.ApiError,
    ],
    [
      'InsufficientCreditsError',
      new errors.InsufficientCreditsError('said', api),
      'insufficient_credits',
      false,
      errors.ApiError,
    ],
    [
      'PermissionDeniedError',
      new errors.PermissionDeniedError('said', api),
      'permission_denied',
      false,
      errors.ApiError,
    ],
    ['NotFoundError', new errors.NotFoundError('said', api), 'not_found', false, errors.ApiError],
    ['ConflictError', new errors.ConflictError('said', api), 'conflict', false, errors.ApiError],
    [
      'RateLimitError',
      new errors.RateLimitError('said', { status: 429 }),
      'rate_limit',
      true,
      errors.ApiError,
    ],
    ['ServerError', new errors.ServerError('said', { status: 503 }), 'server', true, errors.ApiError],
    ['ConnectionError', new errors.ConnectionError('said'), 'connection', true],
    [
      'RequestTimeoutError',
      new errors.RequestTimeoutError('said'),
      'request_timeout',
      true,
      errors.ConnectionError,
    ],
    ['UnknownOutcomeError', new errors.UnknownOutcomeError('said'), 'unknown_outcome', true],
    [
      'MalformedResponseError',
      new errors.MalformedResponseError('said', { status: 200, body: 'x' }),
      'malformed_response',
      true,
    ],
    [
      'TaskFailedError',
      new errors.TaskFailedError('said', { failure: { message: 'x' } }),
      'task_failed',
      false,
    ],
    ['WaitTimeoutError', new errors.WaitTimeoutError('said', { timeoutMs: 1 }), 'wait_timeout', true],
    ['PollFailedError', new errors.PollFailedError('said'), 'poll_failed', true],
    ['ClientClosedError', new errors.ClientClosedError('said'), 'client_closed', false],
  ]

test.each(facts)(
  '%s has its name, its code and its place in the tree',
  (name, error, code, retryable, parent) => {
    expect(error).toMatchObject({ name, code, retryable, message: 'said' })
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(errors.RunApiError)
    if (parent) expect(error).toBeInstanceOf(parent)
    expect(String(error)).toBe(`${name}: said`)
    expect(error.stack).toContain(`${name}: said`)
    expect(error.toJSON()).toMatchObject({ name, code, message: 'said', retryable })
    expect(inspect(error)).toContain(`${name}: said`)
  },
)

test.each(facts)('with() of %s adds context and keeps class, message, fields and stack', (_, error) => {
  const more = error.with({ idempotencyKey: 'order-17', polls: 3, requestId: undefined })
  expect(more).not.toBe(error)
  expect(more.constructor).toBe(error.constructor)
  expect(more).toMatchObject({ idempotencyKey: 'order-17', polls: 3, message: 'said', code: error.code })
  expect(more.stack).toBe(error.stack)
  expect(more.retryable).toBe(error.retryable)
  expect({ ...more.toJSON(), idempotencyKey: undefined, polls: undefined }).toEqual({
    ...error.toJSON(),
    idempotencyKey: undefined,
    polls: undefined,
  })
  expect(error.idempotencyKey).toBeUndefined()
})

test('with() never takes away what an error already carries', () => {
  const error = new errors.ConnectionError('said', {
    idempotencyKey: 'order-17',
    retryable: false,
    cause: 'why',
  })
  const context: RunApiErrorInit = { idempotencyKey: undefined, cause: undefined, polls: 1 }
  expect(error.with(context)).toMatchObject({
    idempotencyKey: 'order-17',
    cause: 'why',
    polls: 1,
    retryable: false,
  })
})

test('the code is one of a known list for every class', () => {
  const codes = facts.map(([, { code }]) => code)
  expect(new Set(codes).size).toBe(codes.length)
})

test('an error of another copy of this library counts, and errors of others do not', async () => {
  const copy = (await import('../../src/errors/run-api-error?copy' as string)) as typeof errors
  class ForeignError extends copy.RunApiError {
    get code(): 'server' {
      return 'server'
    }
  }
  const foreign = new ForeignError('said')
  expect(foreign instanceof errors.RunApiError).toBe(false)
  expect(errors.RunApiError.is(foreign)).toBe(true)
  for (const other of [
    new Error('x'),
    new TypeError('x'),
    { code: 'server' },
    null,
    undefined,
    'ServerError',
    () => {},
  ])
    expect(errors.RunApiError.is(other)).toBe(false)
})

test('body and last state are there by name, and in nothing that prints', () => {
  const lastState = { status: 'pending', receivedAt: '', raw: { secret: 'canary' } } as const
  const body = { secret: 'canary' }
  const error = new errors.ApiError('said', { status: 418, body, lastState })
  const malformed = new errors.MalformedResponseError('said', { status: 200, body: 'canary', lastState })
  expect([error.body, error.lastState, malformed.body]).toEqual([body, lastState, 'canary'])
  for (const each of [error, malformed]) {
    const printed = [
      inspect(each),
      inspect(each, { showHidden: true }),
      JSON.stringify(each),
      String(each),
      each.stack,
    ]
    expect(printed.join()).not.toContain('canary')
    expect(Object.keys(each)).not.toContain('body')
  }
})

test('inspect shows the details and the causes', () => {
  const cause = new errors.ServerError('503: down', { status: 503, requestId: 'req-1' })
  const error = new errors.UnknownOutcomeError('said', { idempotencyKey: 'order-17', cause })
  const text = inspect(error)
  for (const part of [
    'UnknownOutcomeError: said',
    "'order-17'",
    'ServerError: 503: down',
    "'req-1'",
    'status: 503',
  ])
    expect(text).toContain(part)
})

test('JSON of an error holds what a log needs', () => {
  const error = new errors.RateLimitError('429: slow down', {
    status: 429,
    serviceCode: 'rate_limited',
    requestId: 'req-1',
    retryAfterMs: 3_000,
    idempotencyKey: 'order-17',
    body: { error: 'slow down' },
    cause: new Error('not shown'),
  })
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: 'RateLimitError',
    code: 'rate_limit',
    message: '429: slow down',
    retryable: true,
    status: 429,
    serviceCode: 'rate_limited',
    retryAfterMs: 3_000,
    idempotencyKey: 'order-17',
    requestId: 'req-1',
  })
})
