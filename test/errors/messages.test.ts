import { RunApiClient, type RunApiClientOptions } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { answers, created, params, rejection, type Step, scriptedClient } from '../support/scripted-fetch'

afterEach(() => vi.unstubAllEnvs())

const createdBy = (steps: Step | readonly Step[], options: RunApiClientOptions = {}) =>
  rejection(scriptedClient(steps, options).runapi.luma.modifyVideo(params))

const unauthorized = answers(401, { error: 'Invalid API key.' })
const WHERE = 'check at https://runapi.ai that it is complete and still valid'

test.each<[string, RunApiClientOptions]>([
  ['the option apiKey', { apiKey: 'wrong-key' }],
  ['the function given as apiKey', { apiKey: () => 'wrong-key' }],
  ['the environment variable RUNAPI_API_KEY', { apiKey: undefined }],
  ['an Authorization header among your headers', { headers: { Authorization: 'Bearer wrong-key' } }],
])('a 401 says that the key came from %s', async (source, options) => {
  vi.stubEnv('RUNAPI_API_KEY', 'wrong-key')
  const error = await createdBy(unauthorized, options)
  expect(error.message).toBe(`401: Invalid API key; the key came from ${source}: ${WHERE}`)
})

test('a 401 names a header of the call, and the lack of any key', async () => {
  const { runapi } = scriptedClient(unauthorized)
  const own = await rejection(runapi.account.balance({ headers: { authorization: 'Bearer wrong-key' } }))
  expect(own.message).toContain('an Authorization header among your headers')
  const none = await createdBy(unauthorized, { apiKey: null, baseUrl: 'https://app.example.com/api' })
  expect(none.message).toBe(
    '401: Invalid API key; no API key was sent: pass apiKey, or let the server behind baseUrl add it',
  )
})

test('a 401 without words has ours', async () => {
  const error = await createdBy(answers(401, ''))
  expect(error.message).toBe(
    `401: the service did not accept the API key; the key came from the option apiKey: ${WHERE}`,
  )
})

test('a 403 names the key, except where a page came in place of the service', async () => {
  const forbidden = await createdBy(answers(403, { error: 'Forbidden' }))
  expect(forbidden.message).toBe(
    '403: Forbidden; the key came from the option apiKey: ask the owner of its account for the permission',
  )
  const page = await createdBy(answers(403, '<!doctype html><title>Just a moment</title>'))
  expect(page.message).toBe(
    '403: a web page came in place of an answer of the service; a proxy, a login page or a bot check may stand in between',
  )
})

const UNKNOWN =
  '404: Not found; luma.modifyVideo has no task tsk_gone here: it may be older than what the service keeps, or ' +
  'belong to another account or endpoint; check the id, the API key, and the path in baseUrl ' +
  '(https://proxy.example.com/video)'

test.each(['poll', 'wait'] as const)(
  'a 404 of %s() names the task and each reason why it may be unknown',
  async (method) => {
    const { runapi } = scriptedClient(answers(404, { error: 'Not found' }), {
      baseUrl: 'https://proxy.example.com/video/',
    })
    const error = await rejection(runapi.task('luma.modifyVideo', 'tsk_gone')[method]())
    expect(error).toMatchObject({ code: 'not_found', message: UNKNOWN, task: { id: 'tsk_gone' } })
  },
)

test('a 404 of another call leads to baseUrl', async () => {
  const error = await createdBy(answers(404, ''))
  expect(error.message).toBe('404: the service does not know this path; check the path in baseUrl')
})

test.each([
  [{ 'retry-after': '90' }, '429: Slow down; call again in 90 s, which the service asks for', 90_000],
  [{}, '429: Slow down; call again later', undefined],
])('a 429 with %j says how long to wait', async (headers, message, retryAfterMs) => {
  const error = await createdBy(answers(429, { error: 'Slow down' }, headers))
  expect(error.message).toBe(message)
  expect(error.retryAfterMs).toBe(retryAfterMs)
})

const MAY_EXIST =
  'the task may exist: call again with the same parameters and error.idempotencyKey, and it is not bought twice'

test.each([455, 500, 502, 503, 504])(
  'a %i of a create says that the task may exist, and how to go on',
  async (status) => {
    const error = await createdBy(answers(status, { error: 'Down' }))
    expect(error).toMatchObject({ code: 'server', message: `${status}: Down; ${MAY_EXIST}` })
    expect(error.idempotencyKey).toEqual(expect.any(String))
  },
)

test('a 5xx of a call that buys nothing speaks of no task', async () => {
  const { runapi } = scriptedClient(answers(503, ''))
  for (const call of [runapi.task('luma.modifyVideo', 'tsk_1').poll(), runapi.account.balance()])
    expect((await rejection(call)).message).toBe('503: the service is unavailable for now')
})

test('a 409 says when a key of its own is due', async () => {
  expect((await createdBy(answers(409, { error: 'Conflict' }))).message).toBe(
    '409: Conflict; where other parameters used this idempotency key, give the order a key of its own',
  )
})

test('a create whose outcome is unknown says how to find the task', async () => {
  const error = await createdBy([answers(503, ''), answers(402, { error: 'No credits' })])
  expect(error.code).toBe('unknown_outcome')
  expect(error.message).toContain('call again with the same parameters and error.idempotencyKey')
  expect((error.cause as Error).message).toBe('402: No credits; runapi.account.balance() shows what is left')
})

test.each<[string, unknown]>([
  ['a Buffer', Buffer.from('video')],
  ['bytes', new Uint8Array(8)],
  ['a Blob', new Blob(['video'])],
  ['a File', new File(['video'], 'in.mp4')],
  ['a path', './in.mp4'],
  ['an absolute path', '/home/me/in.mp4'],
  ['a path of Windows', 'C:\\videos\\in.mp4'],
  ['a file URL', 'file:///home/me/in.mp4'],
  ['a data URI', 'data:video/mp4;base64,AAAA'],
])('%s where a URL is due is refused with the call that uploads it', async (_, value) => {
  const { runapi, sent } = scriptedClient(created)
  const error = await rejection(runapi.luma.modifyVideo({ ...params, source_video_url: value as string }))
  expect(error.code).toBe('validation')
  expect(error.message).toMatch(/source_video_url: .*(?:files\.upload|uploadFile)/)
  expect(sent).toEqual([])
})

test('a URL object is taken', async () => {
  const { runapi, sent } = scriptedClient(created)
  await runapi.luma.modifyVideo({ ...params, source_video_url: new URL('https://example.com/in.mp4') })
  expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({ source_video_url: 'https://example.com/in.mp4' })
})

test('a failed generation says that it is not charged, and what a new try needs', async () => {
  const emulator = createEmulator()
  const runapi = new RunApiClient({ apiKey: 'key', fetch: emulator.fetch, clock: emulator.clock })
  emulator.next({ outcome: { failed: 'Too dark' } })
  const task = await runapi.luma.modifyVideo(params)
  expect((await rejection(task.wait())).message).toBe(
    `luma.modifyVideo ${task.id}: the generation failed: Too dark; RunAPI says that it does not charge failed ` +
      'generations. To try again, create a task with a new idempotency key',
  )
})

test('a missing key says where to get one and where to put it', async () => {
  vi.stubEnv('RUNAPI_API_KEY', undefined)
  expect((await createdBy(created, { apiKey: undefined })).message).toBe(
    'apiKey: the RunAPI key is missing; get one at https://runapi.ai, then pass apiKey to RunApiClient, or set the ' +
      'environment variable RUNAPI_API_KEY',
  )
})
