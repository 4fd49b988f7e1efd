import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { RunApiError } from 'runapi-video'
import { expect, test } from 'vitest'
import { answers, created, params, rejection, type Step, scriptedClient } from '../support/scripted-fetch'

const SUITE = '../shared/vectors/JSONTestSuite'
const bodies = existsSync(SUITE) ? readdirSync(SUITE).map((name) => readFileSync(`${SUITE}/${name}`)) : []
const withSuite = test.skipIf(bodies.length === 0)

const says =
  (status: number, body: Uint8Array<ArrayBuffer> | string): Step =>
  () =>
    new Response(body, { status })

const isPlainId = (id: unknown): boolean =>
  typeof id === 'string' && id !== '' && !['undefined', 'null', '[object Object]', 'NaN'].includes(id)

withSuite(
  'every file of JSONTestSuite as a create answer is a typed error with the key, or a task',
  async () => {
    for (const body of bodies) {
      const { runapi, sent } = scriptedClient(says(200, body), { maxRetries: 0 })
      const promise = runapi.luma.modifyVideo(params)
      const outcome = await promise.catch((error: unknown) => error)
      if (RunApiError.is(outcome)) {
        expect(outcome).toMatchObject({ code: 'malformed_response', idempotencyKey: promise.idempotencyKey })
      } else expect(isPlainId((outcome as { id: unknown }).id)).toBe(true)
      expect(sent).toHaveLength(1)
    }
  },
)

withSuite(
  'every file of JSONTestSuite as a status answer is a typed error with the task, or a state',
  async () => {
    for (const body of bodies) {
      const { runapi } = scriptedClient([created, says(200, body)])
      const task = await runapi.luma.modifyVideo(params)
      const outcome = await task.poll().catch((error: unknown) => error)
      if (RunApiError.is(outcome))
        expect(outcome).toMatchObject({ code: 'malformed_response', task: { id: task.id } })
      else
        expect((outcome as { status: unknown }).status).toMatch(/^(?:pending|processing|completed|failed)$/)
    }
  },
)

withSuite('every file of JSONTestSuite as an error answer is a typed error with the key', async () => {
  for (const body of bodies) {
    const { runapi } = scriptedClient(says(402, body))
    const promise = runapi.luma.modifyVideo(params)
    expect(await rejection(promise)).toMatchObject({
      code: 'insufficient_credits',
      idempotencyKey: promise.idempotencyKey,
    })
  }
})

test('a wait that meets hostile answers ends typed, with its task', async () => {
  for (const body of [
    '',
    'null',
    '[]',
    '"completed"',
    '{}',
    '{"status":"completed"}',
    '{"status":7}',
    '<html>',
  ]) {
    const { runapi, sent } = scriptedClient([created, says(200, body)])
    const error = await rejection(runapi.luma.modifyVideo(params).wait())
    expect(error).toMatchObject({
      code: body === '{"status":"completed"}' ? 'result_missing' : 'poll_failed',
      cause: { code: 'malformed_response' },
      task: { id: 'tsk_abc123' },
    })
    expect(new Set(sent.slice(1).map(({ url }) => url))).toEqual(
      new Set(['https://runapi.ai/api/v1/luma/modify_video/tsk_abc123']),
    )
  }
})

test.each([
  [{ id: 'a' }, {}, 'a'],
  [{ id: '', task_id: 'b' }, {}, 'b'],
  [{ id: null, data: { id: 'c' } }, {}, 'c'],
  [{ data: { task_id: 'd' } }, {}, 'd'],
  [{ id: 7 }, {}, '7'],
  ['not JSON', { 'x-runapi-task-id': 'e' }, 'e'],
  ['', { location: '/api/v1/luma/modify_video/f%20f' }, 'f f'],
  [{ id: '..' }, { 'x-runapi-task-id': 'g' }, 'g'],
  [{ id: 2 ** 60 }, { 'x-runapi-task-id': 'h' }, 'h'],
  [{ id: 'x'.repeat(600), task_id: 'y'.repeat(600) }, { location: '/a/i' }, 'i'],
])('%j with %j names a task', async (body, headers, id) => {
  const { runapi } = scriptedClient(answers(200, body, headers as Record<string, string>))
  expect((await runapi.luma.modifyVideo(params)).id).toBe(id)
})

test.each([
  [{}, {}],
  [{ id: undefined }, {}],
  [{ id: '.' }, { location: '/' }],
  [{ id: {} }, { location: '/api/..' }],
  [{ id: true }, { location: 'http://[' }],
  [{ id: '\ud800' }, {}],
  [{ id: '  ' }, { location: '/%ZZ' }],
])('%j with %j names none', async (body, headers) => {
  const { runapi, sent } = scriptedClient(answers(201, body, headers as Record<string, string>))
  expect(await rejection(runapi.luma.modifyVideo(params).wait())).toMatchObject({
    code: 'malformed_response',
  })
  expect(sent).toHaveLength(1)
})

test('whatever JSON answers a create and a status, nothing but typed errors and good states comes of it', async () => {
  const json = fc.oneof(
    fc.json(),
    fc
      .record(
        {
          id: fc.jsonValue(),
          status: fc.oneof(fc.jsonValue(), fc.constantFrom('completed', 'failed', 'Success', 'odd')),
          videos: fc.oneof(
            fc.jsonValue(),
            fc.array(fc.record({ url: fc.oneof(fc.webUrl(), fc.jsonValue()) })),
          ),
          error: fc.jsonValue(),
          usage: fc.jsonValue(),
          task_replayed: fc.jsonValue(),
          model: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((body) => JSON.stringify(body)),
  )
  await fc.assert(
    fc.asyncProperty(json, json, async (first, second) => {
      const { runapi, sent } = scriptedClient([says(200, first), says(200, second)])
      const outcome = await runapi.luma
        .modifyVideo(params)
        .poll()
        .catch((error: unknown) => error)
      if (!RunApiError.is(outcome))
        expect((outcome as { status: unknown }).status).toMatch(/^(?:pending|processing|completed|failed)$/)
      for (const { url } of sent) expect(url).not.toMatch(/undefined|null$|object%20Object/)
    }),
  )
})

test('the body of an answer that cannot be read is kept to 4 KiB, without the key', async () => {
  const key = 'canary-key-0123456789'
  const { runapi } = scriptedClient(says(200, `${'x'.repeat(4_090)}${key}${'y'.repeat(10_000)}`), {
    apiKey: key,
  })
  const error = await rejection(runapi.luma.modifyVideo(params))
  expect(error.body).toHaveLength(4_096)
  expect(error.body).not.toContain('canary')
})
