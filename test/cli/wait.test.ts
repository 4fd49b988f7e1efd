import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RunApiClient } from 'runapi-video'
import { expect, test } from 'vitest'
import { folder, runLine } from './in-process'
import { serve } from './serve'

const OFTEN = ['--poll-ms', '50']

const buy = async (baseUrl: string) => {
  const runapi = new RunApiClient({ apiKey: 'any', baseUrl })
  const params = { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' }
  const task = await runapi.luma.modifyVideo(params).finally(() => runapi.close())
  return { handle: task.toJSON(), json: JSON.stringify(task) }
}

test.each(['JSON', 'a file', 'stdin', 'an endpoint and an id', 'what wait printed'])(
  'wait takes %s',
  async (form) => {
    const { url } = await serve({ takesMs: 0 })
    const { handle, json } = await buy(url)
    writeFileSync(join(folder, 'task.json'), `${json}\n`)
    const args: Record<string, string[]> = {
      JSON: [json],
      'a file': ['task.json'],
      stdin: ['-'],
      'an endpoint and an id': [handle.endpoint, handle.id],
      'what wait printed': [JSON.stringify({ status: 'completed', task: handle })],
    }
    const env = { RUNAPI_BASE_URL: url, stdin: form === 'stdin' ? json : '' }
    const { exitCode, out } = await runLine(['wait', ...(args[form] ?? []), ...OFTEN], env)
    expect(exitCode).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      status: 'completed',
      videos: [{ url: `${url}/results/${handle.id}.mp4` }],
      task: { endpoint: handle.endpoint, id: handle.id },
    })
    expect(JSON.parse(out)).not.toHaveProperty('raw')
  },
)

test('a failed generation is exit code 3, with the handle and why', async () => {
  const emulator = await serve({ takesMs: 0 })
  emulator.next({ outcome: { failed: 'Too dark' } })
  const { handle, json } = await buy(emulator.url)
  const { exitCode, out, err } = await runLine(['wait', json, ...OFTEN], { RUNAPI_BASE_URL: emulator.url })
  expect(exitCode).toBe(3)
  expect(JSON.parse(out)).toEqual(handle)
  expect(err).toContain(`runapi-video: luma.modifyVideo ${handle.id}: the generation failed: Too dark`)
})

test('a wait that ends too early is exit code 4, with the handle to wait on', async () => {
  const { url } = await serve({ takesMs: Infinity })
  const { handle, json } = await buy(url)
  const early = await runLine(['wait', json, ...OFTEN, '--timeout-ms', '200'], { RUNAPI_BASE_URL: url })
  expect(early.exitCode).toBe(4)
  expect(JSON.parse(early.out)).toEqual(handle)
  expect(early.err).toContain('not done within 200 ms; the task goes on, and its handle is on stdout')
})

test.each([
  [{ status: 401 }, 5, '401: '],
  ['reset', 4, 'the last polls all failed (no answer from'],
] as const)('polls that meet %j end with exit code %i and the handle', async (fault, exitCode, sentence) => {
  const { url } = await serve({ fault: ({ request }) => (request.method === 'GET' ? fault : 'ok') })
  const { handle, json } = await buy(url)
  const ended = await runLine(['wait', json, ...OFTEN], { RUNAPI_BASE_URL: url })
  expect(ended.exitCode).toBe(exitCode)
  expect(JSON.parse(ended.out)).toEqual(handle)
  expect(ended.err).toContain(sentence)
})

test('a handle of another service is refused, and the key is not sent there', async () => {
  const { url, requests } = await serve({ takesMs: 0 })
  const { json } = await buy(url)
  const before = requests.length
  const elsewhere = await runLine(['wait', json], { RUNAPI_BASE_URL: 'https://example.com' })
  expect(elsewhere).toMatchObject({ exitCode: 2, out: '' })
  expect(elsewhere.err).toContain('the task lives at another service; pass its baseUrl with --base-url')
  expect(requests).toHaveLength(before)
})

test('what came on stdin and could not be waited for is passed on', async () => {
  const { url } = await serve()
  const { handle, json } = await buy(url)
  for (const [args, env] of [
    [['--overwrite'], {}],
    [[], { RUNAPI_API_KEY: undefined }],
    [['--base-url', 'https://example.com'], {}],
    [['--download', 'nowhere/fog.mp4'], {}],
  ] as const) {
    const ended = await runLine(['wait', '-', ...args], { RUNAPI_BASE_URL: url, stdin: json, ...env })
    expect(ended.exitCode).toBe(2)
    expect(JSON.parse(ended.out)).toEqual(handle)
  }
})

test.each([
  ['', 'nothing came on stdin'],
  ['tsk_1', 'stdin: must be one JSON object'],
  ['{"id":"tsk_1"}', 'this is not a task: task.v: must be 1'],
  ['{"v":1,"id":"tsk_1","endpoint":"flux.image"}', 'no endpoint of this name is known; pass what create'],
])('wait refuses %j on stdin', async (stdin, sentence) => {
  const { exitCode, err } = await runLine(['wait', '-'], { stdin })
  expect(exitCode).toBe(2)
  expect(err).toContain(sentence)
})
