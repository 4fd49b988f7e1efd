import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEmulator, type Emulator } from 'runapi-video/testing'
import { expect, inject, onTestFinished, test } from 'vitest'

const consumer = inject('consumer')
const CREATE =
  'npx --no-install runapi-video create luma.modifyVideo --prompt Fog --source https://example.com/a.mp4'

const serve = async (): Promise<{ emulator: Emulator; url: string }> => {
  const emulator = createEmulator({ takesMs: 200 })
  const { url } = await emulator.listen()
  onTestFinished(() => emulator.close())
  return { emulator, url }
}

/** Starts a line of a shell in a process group of its own, as a terminal does. */
const shell = (line: string, url: string) => {
  const { PATH, HOME } = process.env
  const program: ChildProcess = spawn('sh', ['-c', line], {
    cwd: consumer,
    env: { PATH, HOME, RUNAPI_API_KEY: 'rk_canary', RUNAPI_BASE_URL: url, npm_config_loglevel: 'error' },
    detached: true,
  })
  const texts = { out: '', err: '' }
  program.stdout?.on('data', (chunk) => {
    texts.out += chunk
  })
  program.stderr?.on('data', (chunk) => {
    texts.err += chunk
  })
  const ended = once(program, 'close').then(([exitCode, signal]) => ({ exitCode, signal, ...texts }))
  return { program, ended }
}

test('the installed command creates, waits and downloads through pipes', async () => {
  const { emulator, url } = await serve()
  const line = `${CREATE} | npx --no-install runapi-video wait - --poll-ms 50 | npx --no-install runapi-video download - fog.mp4`
  const { exitCode, out, err } = await shell(line, url).ended
  expect({ exitCode, err }).toMatchObject({ exitCode: 0 })
  expect(JSON.parse(out)).toMatchObject({ status: 'completed', task: { id: emulator.tasks[0]?.id } })
  expect(existsSync(join(consumer, 'fog.mp4'))).toBe(true)
  expect(out + err).not.toContain('canary')
})

test('one Ctrl-C in a terminal, which npx passes on once more, prints the handle', async () => {
  const { emulator, url } = await serve()
  emulator.next({ takesMs: Infinity })
  const { program, ended } = shell(`exec ${CREATE} --wait --poll-ms 50`, url)
  await expect.poll(() => emulator.tasks[0]?.polls, { timeout: 60_000 }).toBeGreaterThan(0)
  process.kill(-(program.pid as number), 'SIGINT')
  const { exitCode, signal, out } = await ended
  expect(JSON.parse(out).id).toBe(emulator.tasks[0]?.id)
  // npx may end itself by the signal, which a shell reports as 130.
  expect([130, 'SIGINT']).toContain(exitCode ?? signal)
})

test('the installed command refuses what breaks the rules', async () => {
  const { emulator, url } = await serve()
  writeFileSync(join(consumer, 'params.json'), '{"prompt":"Rain","duration_seconds":7}')
  const line = 'npx --no-install runapi-video create hailuo.textToVideo --params params.json'
  const { exitCode, err } = await shell(line, url).ended
  expect(exitCode).toBe(2)
  expect(err).toContain('duration_seconds: must be 6 or 10 (received 7)')
  expect(emulator.requests).toEqual([])
})
