import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { entry, folder, start } from './command'
import { KEY, serve } from './serve'

const LUMA = ['create', 'luma.modifyVideo', '--prompt', 'Fog', '--source', 'https://example.com/a.mp4']

/** Runs a line of a shell in which `$C` is the command. */
const shell = (line: string, url: string) =>
  new Promise<{ exitCode: number; out: string; err: string }>((resolve) => {
    const env = {
      PATH: process.env.PATH,
      RUNAPI_API_KEY: KEY,
      RUNAPI_BASE_URL: url,
      C: `${process.execPath} ${entry}`,
    }
    const create = `$C ${LUMA.join(' ')}`
    execFile('sh', ['-c', line.replace('CREATE', create)], { cwd: folder, env }, (error, out, err) => {
      resolve({ exitCode: Number(error?.code ?? 0), out, err })
    })
  })

test('create, wait and download compose', async () => {
  const emulator = await serve({ takesMs: 200 })
  const { exitCode, out } = await shell(
    'CREATE | $C wait - --poll-ms 50 | $C download - fog.mp4',
    emulator.url,
  )
  expect(exitCode).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    status: 'completed',
    task: { id: emulator.tasks[0]?.id },
    files: [{ path: expect.stringMatching(/fog\.mp4$/) }],
  })
  expect(existsSync(join(folder, 'fog.mp4'))).toBe(true)
})

test.each([
  ['fails', { outcome: 'failed' }, 3],
  ['takes too long', { takesMs: Infinity }, 4],
] as const)(
  'a pipe whose task %s ends with the code of that, and the handle',
  async (_, script, exitCode) => {
    const emulator = await serve({ takesMs: 0 })
    emulator.next(script)
    const ended = await shell(
      'CREATE | $C wait - --poll-ms 50 --timeout-ms 300 | $C download - no.mp4',
      emulator.url,
    )
    expect(ended.exitCode).toBe(exitCode)
    expect(JSON.parse(ended.out).id).toBe(emulator.tasks[0]?.id)
  },
)

test('a pipe whose create is refused says so, and buys nothing', async () => {
  const emulator = await serve()
  const { exitCode, out, err } = await shell(
    '$C create luma.modifyVideo | $C wait - | $C download -',
    emulator.url,
  )
  expect(exitCode).toBe(2)
  expect(out).toBe('')
  expect(err).toContain('prompt: is required')
  expect(emulator.requests).toEqual([])
})

test('where nobody reads stdout any more, the handle goes to stderr', async () => {
  const emulator = await serve({ latencyMs: 300 })
  const running = start(LUMA, { RUNAPI_BASE_URL: emulator.url })
  running.child.stdout.destroy()
  const { exitCode, err } = await running.ended
  expect(exitCode).toBe(1)
  expect(err).not.toMatch(/EPIPE|^ {4}at /m)
  const lines = err.trimEnd().split('\n')
  expect(lines.at(-2)).toBe('runapi-video: stdout is closed; this was for it:')
  expect(JSON.parse(lines.at(-1) ?? '').id).toBe(emulator.tasks[0]?.id)
})

test('a help that nobody reads to its end is not an error', async () => {
  const { exitCode, err } = await shell('$C create --help | true', 'http://127.0.0.1:9')
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
})
