import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from 'runapi-video/testing'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { COMMANDS } from '../../src/cli/commands'
import { run } from '../../src/cli/run'

afterEach(() => vi.restoreAllMocks())

const runLine = async (...args: string[]) => {
  const out = vi.spyOn(console, 'log').mockImplementation(() => {})
  const err = vi.spyOn(console, 'error').mockImplementation(() => {})
  const exitCode = await run(args)
  return { exitCode, out: out.mock.calls.join('\n'), err: err.mock.calls.join('\n') }
}

const scenario = (text: string) => {
  const path = join(mkdtempSync(join(tmpdir(), 'runapi-video-cli-')), 'scenario.json')
  writeFileSync(path, text)
  return path
}

test('--help shows the commands, and those show their options', async () => {
  expect(await runLine('--help')).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('emulator'),
    err: '',
  })
  const { exitCode, out } = await runLine('emulator', '--help')
  expect(exitCode).toBe(0)
  for (const option of ['--port', '--takes-ms', '--scenario']) expect(out).toContain(option)
})

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(await runLine('--version')).toEqual({ exitCode: 0, out: version, err: '' })
})

test.each<[string[], string]>([
  [[], 'a command is missing'],
  [['emulate'], `there is no command emulate; there is ${Object.keys(COMMANDS).join(', ')}`],
  [['creat'], 'there is no command creat; did you mean create?'],
  [['toString'], 'there is no command toString'],
  [['emulator', '--prot', '1'], '--prot'],
  [['emulator', 'now'], 'now'],
  [['emulator', '--port', '4010x'], '--port must be a whole number up to 65535'],
  [['emulator', '--port', '65536'], '--port must be'],
  [['emulator', '--takes-ms', '-1'], '--takes-ms'],
  [['emulator', '--scenario', 'nowhere.json'], 'nowhere.json: there is no such file'],
  [['create'], 'an endpoint is missing; there is luma.modifyVideo, hailuo.textToVideo'],
  [['create', 'luma.modifyvideo'], 'there is no endpoint luma.modifyvideo; did you mean luma.modifyVideo?'],
  [['create', 'luma.modifyVideo', '--promt', 'Fog'], 'there is no option --promt; did you mean --prompt?'],
  [['create', 'luma.modifyVideo', '--seed=1'], 'there is no option --seed; --help lists them'],
  [['create', 'luma.modifyVideo', 'Fog'], 'takes one endpoint'],
  [['create', 'luma.modifyVideo', '-', '--params', 'a.json'], 'two places for the same parameters'],
  [['create', 'luma.modifyVideo', '--json', '{}', '--params', 'a.json'], 'the parameters are given twice'],
  [['create', 'luma.modifyVideo', '--json', '[]'], 'the parameters must be a JSON object'],
  [['create', 'luma.modifyVideo', '--json', 'prompt: Fog'], '--json: must be one JSON object'],
  [['create', 'luma.modifyVideo', '--params', 'nowhere.json'], 'nowhere.json: there is no such file'],
  [['create', 'luma.modifyVideo', '--extra-params', '1'], '--extra-params must be a JSON object'],
  [['create', 'luma.modifyVideo', '--prompt', 'a', '--prompt', 'b'], '--prompt: prompt is given twice'],
  [
    ['create', 'luma.modifyVideo', '--source', 'a', '--source_video_url', 'b'],
    'source_video_url is given twice',
  ],
  [['create', 'luma.modifyVideo', '--timeout-ms', '5'], '--timeout-ms belongs to --wait'],
  [['create', 'luma.modifyVideo', '--overwrite'], '--overwrite belongs to --download'],
  [
    ['create', 'luma.modifyVideo', '--wait', '--timeout-ms', '0'],
    '--timeout-ms must be a whole number from 1',
  ],
  [['wait'], 'a task is missing'],
  [['wait', 'luma.modifyVideo', 'tsk_1', 'tsk_2'], 'nothing after that'],
  [['wait', '{"v":1'], 'the argument: must be one JSON object'],
  [['download'], 'what to download is missing'],
  [['download', 'a', 'b', 'c'], 'nothing after that'],
])('refuses %j with a sentence and exit code 2', async (args, sentence) => {
  const { exitCode, err, out } = await runLine(...args)
  expect(exitCode).toBe(2)
  expect(err).toContain(`runapi-video: `)
  expect(err).toContain(sentence)
  expect(out).toBe('')
})

test('an emulator whose port is in use is exit code 2, and says which other one to take', async () => {
  const { port, close } = await createEmulator().listen()
  onTestFinished(close)
  expect(await runLine('emulator', '--port', String(port))).toEqual({
    exitCode: 2,
    out: '',
    err: `runapi-video: port ${port} is in use; pass another --port, or 0 for a free one`,
  })
})

test.each([
  ['[', 'JSON'],
  ['{}', 'it must hold a JSON list'],
  ['[{}, { "takeMs": 5 }]', 'task 2: script has no field takeMs'],
  ['[null]', 'task 1: script must be an object'],
])('refuses the scenario %s and names the file', async (text, sentence) => {
  const path = scenario(text)
  const { exitCode, err } = await runLine('emulator', '--port', '0', '--scenario', path)
  expect(exitCode).toBe(2)
  expect(err).toContain(path)
  expect(err).toContain(sentence)
})
