import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { folder, runLine } from './in-process'
import { KEY, serve } from './serve'

const LUMA = [
  'create',
  'luma.modifyVideo',
  '--prompt',
  'Fog',
  '--source-video-url',
  'https://example.com/a.mp4',
]
const HAILUO = ['create', 'hailuo.textToVideo', '--model', 'hailuo-02-text-to-video-standard']

test('create prints the handle of the task, as one line of JSON', async () => {
  const emulator = await serve()
  const { url } = emulator
  const { exitCode, out, err } = await runLine([...LUMA, '--base-url', url])
  expect(exitCode).toBe(0)
  expect(out.trimEnd().split('\n')).toHaveLength(1)
  const handle = JSON.parse(out)
  expect(handle).toMatchObject({
    v: 1,
    endpoint: 'luma.modifyVideo',
    id: emulator.tasks[0]?.id,
    baseUrl: url,
  })
  expect(err).toBe(
    [
      `luma.modifyVideo create: sending, with idempotency key ${handle.idempotencyKey}`,
      `luma.modifyVideo ${handle.id}: created`,
      '',
    ].join('\n'),
  )
})

test.each([
  ['flags in any spelling', ['--prompt', '6', '--duration', '6', '--prompt_optimizer=false']],
  ['--json', ['--json', '{"prompt":"6","duration_seconds":6,"prompt_optimizer":false}']],
  ['--params', ['--params', 'params.json']],
  ['flags over --params', ['--params', 'long.json', '--duration-seconds', '6']],
  ['--params -', ['--params', '-']],
  ['-', ['-']],
])('%s give the same parameters', async (_, flags) => {
  const { url, requests } = await serve()
  const params = { prompt: '6', duration_seconds: 6, prompt_optimizer: false }
  writeFileSync(join(folder, 'params.json'), `\ufeff${JSON.stringify(params)}`)
  writeFileSync(join(folder, 'long.json'), JSON.stringify({ ...params, duration_seconds: 10 }))
  const { exitCode } = await runLine([...HAILUO, ...flags], {
    RUNAPI_BASE_URL: url,
    stdin: JSON.stringify(params),
  })
  expect(exitCode).toBe(0)
  expect(requests[0]?.body).toEqual({ model: 'hailuo-02-text-to-video-standard', ...params })
})

test('create refuses parameters with every broken rule and sends nothing', async () => {
  const { url, requests } = await serve()
  const line = ['create', 'hailuo.textToVideo', '--prompt', '', '--duration', '7']
  expect(await runLine(line, { RUNAPI_BASE_URL: url })).toEqual({
    exitCode: 2,
    out: '',
    err: [
      'runapi-video: hailuo.textToVideo: 3 parameters break the rules',
      '  model: is required: hailuo-02-text-to-video-pro or hailuo-02-text-to-video-standard',
      '  prompt: must not be blank (received "")',
      '  duration_seconds: must be 6 or 10 (received 7)',
      '',
    ].join('\n'),
  })
  expect(requests).toEqual([])
})

test('--extra-params adds what is newer than the rules, which are named as the command line does', async () => {
  const { url, requests } = await serve({ validate: false })
  const env = { RUNAPI_BASE_URL: url }
  const refused = await runLine([...LUMA, '--json', '{"seed":1}'], env)
  expect(refused).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('the option --extra-params sends it'),
  })
  expect(await runLine([...LUMA, '--extra-params', '{"seed":1}'], env)).toMatchObject({ exitCode: 0 })
  expect(requests.map(({ body }) => (body as { seed?: number }).seed)).toEqual([1])
})

test('--no-validate leaves the rules to the service, whose complaints are shown', async () => {
  const { url } = await serve()
  const line = ['create', 'luma.modifyVideo', '--no-validate', '--prompt', 'Fog']
  const { exitCode, err, out } = await runLine(line, { RUNAPI_BASE_URL: url })
  expect(exitCode).toBe(5)
  expect(out).toBe('')
  expect(err).toMatch(/^runapi-video: 400: .*\n {2}source_video_url: .+\nThe idempotency key was \w{32}$/m)
})

test('the same --idempotency-key gives the same task, and other parameters a refusal', async () => {
  const emulator = await serve()
  const key = ['--idempotency-key', "order's 17", '--base-url', emulator.url]
  const [first, second] = [await runLine([...LUMA, ...key]), await runLine([...LUMA, ...key])]
  expect(JSON.parse(second.out).id).toBe(JSON.parse(first.out).id)
  expect(second.err).toContain('bought before')
  expect(emulator.tasks).toHaveLength(1)
  const other = await runLine([...LUMA.slice(0, 2), ...key, ...LUMA.slice(4), '--prompt', 'Snow'])
  expect(other).toMatchObject({ exitCode: 5, out: '' })
  expect(other.err).toContain("The idempotency key was 'order'\\''s 17'")
})

test('a create without an answer says how to repeat it, and repeating pays once', async () => {
  const emulator = await serve()
  emulator.next({ faults: { create: ['lose-answer', 'lose-answer', 'lose-answer'] } })
  const env = { RUNAPI_BASE_URL: emulator.url }
  const lost = await runLine(LUMA, env)
  expect(lost).toMatchObject({ exitCode: 6, out: '' })
  expect(lost.err).toContain('runapi-video: no answer says whether the task was created')
  const again = /Run the same command with (--idempotency-key) (\w+), and nothing is bought twice/.exec(
    lost.err,
  )
  expect(again).not.toBeNull()
  const repeated = await runLine([...LUMA, ...(again ?? []).slice(1)], env)
  expect(repeated.exitCode).toBe(0)
  expect(emulator.tasks).toHaveLength(1)
  expect(JSON.parse(repeated.out).id).toBe(emulator.tasks[0]?.id)
})

test.each([
  [402, 5, 'The idempotency key was'],
  [503, 6, 'Run the same command with --idempotency-key'],
])('a %i ends create with exit code %i and the key', async (status, exitCode, words) => {
  const { url } = await serve({ fault: () => ({ status }) })
  const { err, ...ended } = await runLine(LUMA, { RUNAPI_BASE_URL: url })
  expect(ended).toMatchObject({ exitCode, out: '' })
  expect(err).toContain(`runapi-video: ${status}: `)
  expect(err).toContain(words)
  expect(err).not.toMatch(/runapi\.|error\.| {4}at /)
})

test('no connection is exit code 6, and no key in the environment is 2', async () => {
  const server = await createEmulator().listen()
  await server.close()
  const nowhere = { RUNAPI_BASE_URL: server.url }
  const unreachable = await runLine(LUMA, nowhere)
  expect(unreachable.exitCode).toBe(6)
  expect(unreachable.err).toContain('ECONNREFUSED')
  const keyless = await runLine(LUMA, { ...nowhere, RUNAPI_API_KEY: undefined })
  expect(keyless.exitCode).toBe(2)
  const [cause, place, emulator] = keyless.err.split('\n')
  expect(cause).toBe(
    'runapi-video: the environment variable RUNAPI_API_KEY is not set; it must hold your RunAPI key',
  )
  expect(place).toContain('Get a key at https://runapi.ai')
  expect(emulator).toContain('npx runapi-video emulator')
})

test.each(['--api-key', '--apikey', '--api_key', '--key', '--token', '--runapi-api-key'])(
  'the key is refused as %s and not shown',
  async (flag) => {
    for (const args of [[flag, KEY], [`${flag}=${KEY}`]]) {
      const { exitCode, err, out } = await runLine([...LUMA, ...args])
      expect(exitCode).toBe(2)
      expect(err).toContain('list of processes; set the environment variable RUNAPI_API_KEY')
      expect(err + out).not.toContain('canary')
    }
  },
)

test('a key among the arguments, the files and the answers is not shown', async () => {
  const { url } = await serve({ fault: () => ({ status: 401, body: { error: `bad key ${KEY}` } }) })
  writeFileSync(join(folder, 'key.txt'), KEY)
  for (const line of [
    [KEY],
    ['create', KEY],
    [...LUMA, KEY],
    [...LUMA, '--params', KEY],
    [...LUMA, '--params', 'key.txt'],
    ['wait', KEY],
    ['wait', 'key.txt'],
    ['download', 'key.txt'],
    LUMA,
  ]) {
    const { exitCode, err, out } = await runLine(line, { RUNAPI_BASE_URL: url, RUNAPI_LOG: 'debug' })
    expect(exitCode).toBeGreaterThan(1)
    expect(err + out).not.toContain('canary')
  }
})

test('--wait prints the end, and the handle on stderr before', async () => {
  const { url } = await serve({ takesMs: 300 })
  const { exitCode, out, err } = await runLine([...LUMA, '--wait', '--poll-ms', '50', '--base-url', url])
  expect(exitCode).toBe(0)
  const { task, ...state } = JSON.parse(out)
  expect(state).toMatchObject({
    status: 'completed',
    videos: [{ url: `${url}/results/${task.id}.mp4` }],
    costUsd: 0.5,
  })
  const lines = err.trimEnd().split('\n')
  expect(JSON.parse(lines[2] ?? '')).toEqual(task)
  expect(lines[3]).toBe(`luma.modifyVideo ${task.id}: pending`)
  expect(lines.at(-1)).toMatch(/: completed after \d+ s$/)
})

test('--quiet leaves only the handle on stderr', async () => {
  const { url } = await serve({ takesMs: 0 })
  const line = [...LUMA, '--wait', '--quiet', '--poll-ms', '50', '--base-url', url]
  const { out, err } = await runLine(line)
  expect(JSON.parse(err)).toEqual(JSON.parse(out).task)
})

test('--download saves the video and names the file in the end', async () => {
  const { url } = await serve({ takesMs: 0 })
  const line = [...LUMA, '--download', 'fog.mp4', '--poll-ms', '50', '--base-url', url]
  const { out } = await runLine(line)
  const { status, files } = JSON.parse(out)
  expect(status).toBe('completed')
  expect(files[0].path).toMatch(/fog\.mp4$/)
  expect(readFileSync(files[0].path)).toHaveLength(files[0].bytes)
})

test('a place where nothing can be saved is refused before anything is bought', async () => {
  const { url, requests } = await serve()
  writeFileSync(join(folder, 'taken.mp4'), 'mine')
  for (const [path, sentence] of [
    ['taken.mp4', 'taken.mp4: exists already; pass --overwrite to replace it'],
    ['nowhere/fog.mp4', 'nowhere/fog.mp4: its directory does not exist'],
    ['nowhere/', 'its directory does not exist'],
  ] as const) {
    const { exitCode, err } = await runLine([...LUMA, '--download', path, '--base-url', url])
    expect(exitCode).toBe(2)
    expect(err).toContain(sentence)
  }
  expect(requests).toEqual([])
})

test('logging goes to stderr', async () => {
  const emulator = await serve()
  emulator.next({ faults: { create: [{ status: 503 }] } })
  const { out, err } = await runLine([...LUMA, '--quiet'], {
    RUNAPI_BASE_URL: emulator.url,
    RUNAPI_LOG: 'info',
  })
  expect(JSON.parse(out).v).toBe(1)
  expect(err).toMatch(/^runapi-video: .*attempt 2 follows/)
})
