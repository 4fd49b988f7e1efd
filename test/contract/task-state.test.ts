import { expect, test } from 'vitest'
import { isTerminal, readTaskState, readVideoResult, statusOf } from '../../src/contract/task-state'

const nowMs = Date.parse('2026-03-01T12:00:00.000Z')
const read = (body: unknown, more: object = {}) =>
  readTaskState(body, { readResult: readVideoResult, nowMs, ...more })
const videos = [{ url: 'https://tempfile.runapi.ai/a.mp4' }]

test.each([
  ['pending', ['pending', 'queued', ' Pending ']],
  ['processing', ['processing', 'running', 'RUNNING']],
  ['completed', ['completed', 'complete', 'succeeded', 'success', 'finished', 'Completed\n']],
  [
    'failed',
    ['failed', 'error', 'canceled', 'cancelled', 'timeout', 'generate_failed', 'create_task_failed'],
  ],
] as const)('these words mean %s: %j', (status, words) => {
  for (const word of words) {
    expect(statusOf(word)).toBe(status)
    expect(read({ status: word, videos })).toMatchObject({ status, rawStatus: word })
  }
})

test('a word that is not known means still going', () => {
  expect(statusOf('upscaling')).toBeUndefined()
  expect(read({ status: 'upscaling' })).toMatchObject({ status: 'processing', rawStatus: 'upscaling' })
})

test('videos without a status mean completed', () => {
  const state = read({ id: 'a', videos })
  expect(state).toMatchObject({ status: 'completed', videos })
  expect(state).not.toHaveProperty('rawStatus')
})

test.each([
  ['neither status nor videos', { id: 'a' }, 'it has neither a status nor a result'],
  ['a blank status', { status: ' ' }, 'it has neither a status nor a result'],
  ['completed without videos', { status: 'completed' }, 'it says completed and holds no result URL'],
  [
    'completed with no video that has a URL',
    { status: 'completed', videos: [{}, { url: '' }, null, 'x'] },
    'it says completed and holds no result URL',
  ],
  ['a list', [], 'it is not a JSON object'],
  ['null', null, 'it is not a JSON object'],
  ['text', 'completed', 'it is not a JSON object'],
])('%s is unreadable: %j', (_name, body, why) => {
  expect(read(body)).toEqual({ unreadable: why })
})

test.each(['javascript:1', 'httpsx://a.b/c.mp4', 'xhttp://a.b/c.mp4', 'no url', ''])(
  'the video %j is not a web address and is left out',
  (url) => {
    expect(read({ status: 'completed', videos: [{ url }] })).toHaveProperty('unreadable')
    expect(read({ status: 'completed', videos: [{ url }, ...videos] })).toMatchObject({ videos })
  },
)

test('a video may be at an http address', () => {
  const plain = [{ url: 'http://127.0.0.1:4010/a.mp4' }]
  expect(read({ status: 'completed', videos: plain })).toMatchObject({ videos: plain })
})

test('what an answer does not hold is not a field of its state', () => {
  expect(Object.keys(read({ status: 'completed', videos, sources: [] })).sort()).toEqual([
    'raw',
    'rawStatus',
    'receivedAt',
    'status',
    'videos',
  ])
})

test('a completed state holds its videos, its input and its cost', () => {
  const sources = [{ url: 'https://tempfile.runapi.ai/in.mp4' }]
  const raw = { id: 'a', status: 'completed', videos, sources, usage: { cost: 0.5 }, extra: 1 }
  expect(read(raw, { requestId: 'req_1', createdAt: '2026-02-26T09:30:00.000Z' })).toEqual({
    status: 'completed',
    videos,
    sources,
    costUsd: 0.5,
    expiresAt: '2026-03-05T09:30:00.000Z',
    rawStatus: 'completed',
    requestId: 'req_1',
    receivedAt: '2026-03-01T12:00:00.000Z',
    raw,
  })
})

test('a completed state is plain JSON', () => {
  const state = read({ status: 'completed', videos })
  expect(JSON.parse(JSON.stringify(state))).toEqual(state)
})

test.each([
  [{ usage: { cost: 0 } }, 0],
  [{ billing: { settlement: { charged_amount_cents: 57 }, reservation: { amount_cents: 60 } } }, 0.57],
  [{ billing: { reservation: { amount_cents: 60 } } }, 0.6],
  [{ usage: { cost: '0.5' } }, undefined],
  [{ usage: { cost: -1 } }, undefined],
  // What `JSON.parse` makes of 1e999; a state that held it would not be plain JSON.
  [{ usage: { cost: Number.POSITIVE_INFINITY } }, undefined],
  [{}, undefined],
])('the cost of %j is %s dollars', (fields, cost) => {
  const state = read({ status: 'completed', videos, ...fields })
  expect('costUsd' in state ? state.costUsd : undefined).toBe(cost)
})

test.each([
  [{ error: 'Generation failed' }, { message: 'Generation failed' }],
  [{ error: { code: 'nsfw', message: 'Refused' } }, { code: 'nsfw', message: 'Refused' }],
  [{ error_message: 'Broken' }, { message: 'Broken' }],
  [
    { code: 'E1', message: 'Broken' },
    { code: 'E1', message: 'Broken' },
  ],
  [{}, { message: 'the service gave no reason' }],
])('the failure of %j is %j', (fields, error) => {
  expect(read({ status: 'failed', ...fields })).toMatchObject({ status: 'failed', error })
})

test('the expiry does not move with the moment at which the task is seen', () => {
  const createdAt = '2026-02-26T09:30:00.000Z'
  const expiries = [nowMs, nowMs + 86_400_000].map((at) =>
    readTaskState({ status: 'completed', videos }, { readResult: readVideoResult, nowMs: at, createdAt }),
  )
  expect(expiries).toMatchObject([
    { expiresAt: '2026-03-05T09:30:00.000Z' },
    { expiresAt: '2026-03-05T09:30:00.000Z' },
  ])
})

test.each([undefined, '+275760-09-13T00:00:00.000Z', 'yesterday'])(
  'a create at %s gives no expiry',
  (createdAt) => {
    expect(read({ status: 'completed', videos }, { createdAt })).not.toHaveProperty('expiresAt')
  },
)

const PAGE = `<!DOCTYPE html><html><head><title>502</title></head><body>${'<p>Bad gateway</p>'.repeat(500)}</body></html>`

test.each([
  ['a page', { error: PAGE }, 'the service gave no reason'],
  ['a page in an object', { error: { message: PAGE, detail: 'Queue full' } }, 'Queue full'],
  ['a page beside a text', { error: PAGE, error_message: 'Broken' }, 'Broken'],
  ['markup', { error: 'Failed: <b>nsfw</b>' }, 'the service gave no reason'],
  ['lines', { error: ' Not\n\tfound\u0007 ' }, 'Not found'],
  ['a comparison', { error: 'Needs 2 < 3 seconds' }, 'Needs 2 < 3 seconds'],
])('the message of a failure is one plain line: %s', (_name, fields, message) => {
  expect(read({ status: 'failed', ...fields })).toMatchObject({ error: { message } })
})

test('the message and the code of a failure have at most 300 characters, and no half of one', () => {
  const long = `${'x'.repeat(298)}${'🎬'.repeat(100)}`
  const state = read({ status: 'failed', error: { message: long, code: 'E'.repeat(1_000) } })
  if (!('error' in state)) throw new Error('it is a failure')
  expect(state.error.message).toBe(`${'x'.repeat(298)}…`)
  expect(state.error.code).toHaveLength(300)
})

test('a secret that the service echoes is removed from the failure', () => {
  const redact = (text: string) => text.replaceAll('sk-1', '[redacted]')
  expect(read({ status: 'failed', error: 'key sk-1 is out' }, { redact })).toMatchObject({
    error: { message: 'key [redacted] is out' },
  })
})

test('the result is read of completed tasks only', () => {
  const readResult = (): never => {
    throw new Error('there is no result yet')
  }
  for (const status of ['pending', 'processing', 'failed', 'upscaling'])
    expect(readTaskState({ status }, { readResult, nowMs })).toHaveProperty('status')
})

test('a reader that throws makes the answer unreadable', () => {
  const readResult = (): never => {
    throw new TypeError('mine')
  }
  for (const body of [{ status: 'completed' }, { id: 'a' }])
    expect(readTaskState(body, { readResult, nowMs })).toEqual({
      unreadable: 'the reader of its result threw',
    })
})

test('only completed and failed are terminal', () => {
  const terminal = ['pending', 'processing', 'completed', 'failed'].filter((status) =>
    isTerminal({ status } as never),
  )
  expect(terminal).toEqual(['completed', 'failed'])
})
