import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { RunApiClient } from 'runapi-video'
import { expect, onTestFinished, test, vi } from 'vitest'
import { interruptible } from '../../src/cli/interruption'
import { entry, folder, runLine, start } from './command'
import { runHere } from './in-process'
import { KEY, serve } from './serve'

const LUMA = ['create', 'luma.modifyVideo', '--prompt', 'Fog', '--source', 'https://example.com/a.mp4']
const POLL = ['--poll-ms', '50']
// A command that reads stdin prints nothing by which to see that it has started.
const START_MS = 2_500
const SLOWLY = { timeout: 10_000 }

const buy = async (baseUrl: string) => {
  const runapi = new RunApiClient({ apiKey: 'any', baseUrl })
  const params = { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' }
  return (await runapi.luma.modifyVideo(params).finally(() => runapi.close())).toJSON()
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s in a wait prints the handle and ends with %i', async (signal, exitCode) => {
  const { url } = await serve()
  const handle = await buy(url)
  const running = start(['wait', JSON.stringify(handle), ...POLL], { RUNAPI_BASE_URL: url })
  await running.printed('waiting')
  running.child.kill(signal)
  const ended = await running.ended
  expect(ended).toMatchObject({ exitCode, signal: null })
  expect(JSON.parse(ended.out)).toEqual(handle)
  expect(ended.err).toContain(
    `runapi-video: interrupted; luma.modifyVideo ${handle.id} goes on, and its handle is on stdout\n` +
      `To wait for it:\n  npx runapi-video wait luma.modifyVideo ${handle.id} --poll-ms 50\n`,
  )
})

test('Ctrl-C in create --wait prints the handle of the one task that was bought', async () => {
  const emulator = await serve()
  const running = start([...LUMA, '--wait', ...POLL], { RUNAPI_BASE_URL: emulator.url })
  await running.printed('pending')
  running.child.kill('SIGINT')
  const { exitCode, out } = await running.ended
  expect(exitCode).toBe(130)
  expect(emulator.tasks.map(({ id }) => id)).toEqual([JSON.parse(out).id])
})

test('Ctrl-C during a create prints how to repeat it, and repeating pays once', async () => {
  const emulator = await serve()
  emulator.next({ faults: { create: [{ delayMs: 60_000 }] } })
  const env = { RUNAPI_BASE_URL: emulator.url }
  const running = start(LUMA, env)
  await expect.poll(() => emulator.tasks, SLOWLY).toHaveLength(1)
  running.child.kill('SIGINT')
  const { exitCode, out, err } = await running.ended
  expect(exitCode).toBe(130)
  expect(out).toBe('')
  expect(err).toContain('runapi-video: interrupted; the task may have been created.\n')
  const key = /Run the same command with --idempotency-key (\w+), and/.exec(err)?.[1] ?? ''
  const again = await runLine([...LUMA, '--idempotency-key', key], env)
  expect(JSON.parse(again.out).id).toBe(emulator.tasks[0]?.id)
  expect(emulator.tasks).toHaveLength(1)
})

test('Ctrl-C in a download prints the result and leaves no part of a file', async () => {
  const emulator = await serve()
  emulator.next({ takesMs: 0, faults: { result: ['stall-body'] } })
  const running = start([...LUMA, '--download', 'half.mp4', ...POLL], { RUNAPI_BASE_URL: emulator.url })
  await running.printed('completed')
  await expect.poll(() => emulator.tasks[0]?.downloads, SLOWLY).toBe(1)
  running.child.kill('SIGINT')
  const { exitCode, out } = await running.ended
  expect(exitCode).toBe(130)
  expect(JSON.parse(out)).toMatchObject({ status: 'completed', videos: [{ url: expect.any(String) }] })
  expect(existsSync(join(folder, 'half.mp4'))).toBe(false)
})

test('the echo of a Ctrl-C finds somebody who listens, and the next Ctrl-C nobody', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const before = process.listenerCount('SIGINT')
  const counts: number[] = []
  const count = () => counts.push(process.listenerCount('SIGINT') - before)
  await interruptible(async (signal) => {
    process.emit('SIGINT')
    expect(signal.reason).toMatchObject({ exitCode: 130 })
    count()
    vi.advanceTimersByTime(1_000)
    count()
    return 0
  })
  expect(counts).toEqual([1, 0])
})

test('one Ctrl-C that npx passes on a second time is one; the next ends the process at once', async () => {
  const { url } = await serve()
  const handle = await buy(url)
  const twice = start(['wait', JSON.stringify(handle), ...POLL], { RUNAPI_BASE_URL: url })
  await twice.printed('waiting')
  twice.child.kill('SIGINT')
  twice.child.kill('SIGINT')
  const { exitCode, out } = await twice.ended
  expect(out).toBe(`${JSON.stringify(handle)}\n`)
  // Where the machine is busy, the second may come when the process has nothing left to do but to end.
  expect([130, null]).toContain(exitCode)

  // Its stdin stays open, so that the first one leaves it waiting for last words.
  const patient = start(['wait', '-'])
  await new Promise((resolve) => setTimeout(resolve, START_MS))
  patient.child.kill('SIGINT')
  await new Promise((resolve) => setTimeout(resolve, 600))
  patient.child.kill('SIGINT')
  expect(await patient.ended).toMatchObject({ exitCode: null, signal: 'SIGINT' })
})

test('a Ctrl-C that npx passes on after the last words ends nothing, and a later one does', async () => {
  const listeners = process.listenerCount('SIGINT')
  const ended = interruptible(
    ({ aborted }) => new Promise((resolve) => setTimeout(resolve, 20, aborted ? 1 : 130)),
  )
  process.emit('SIGINT')
  expect(await ended).toBe(130)
  expect(process.listenerCount('SIGINT')).toBe(listeners + 1)
  await vi.waitFor(() => expect(process.listenerCount('SIGINT')).toBe(listeners))
})

/** A command that reads stdin, up to the moment at which it does. */
const reading = async (args: readonly string[], env: Record<string, string>) => {
  const stdin = new PassThrough()
  const ended = runHere(args, { env, stdin })
  await vi.waitFor(() => expect(stdin.listenerCount('readable')).toBeGreaterThan(0), SLOWLY)
  return { stdin, ended }
}

test('a Ctrl-C before the parameters have come buys nothing', async () => {
  const { url, requests } = await serve()
  const { stdin, ended } = await reading(['create', 'luma.modifyVideo', '-'], { RUNAPI_BASE_URL: url })
  process.emit('SIGINT')
  stdin.end('{"prompt":"Fog","source_video_url":"https://example.com/a.mp4"}')
  expect(await ended).toEqual({ exitCode: 130, out: '', err: 'runapi-video: interrupted\n' })
  expect(requests).toEqual([])
})

test('a Ctrl-C while stdin stays silent ends the wait for it', async () => {
  const { ended } = await reading(['wait', '-'], {})
  process.emit('SIGINT')
  expect(await ended).toEqual({ exitCode: 130, out: '', err: 'runapi-video: interrupted\n' })
})

test('a Ctrl-C on a whole pipe leaves the handle on the last stdout', async () => {
  const emulator = await serve()
  const command = `'${process.execPath}' '${entry}'`
  const create = `${command} ${LUMA.map((word) => `'${word}'`).join(' ')}`
  const pipe = `${create} | ${command} wait - --poll-ms 50 | ${command} download - never.mp4`
  const shell = spawn('sh', ['-c', pipe], {
    cwd: folder,
    env: { PATH: process.env.PATH, RUNAPI_API_KEY: KEY, RUNAPI_BASE_URL: emulator.url },
    // A group of its own, as a terminal gives each command line.
    detached: true,
  })
  onTestFinished(() => void shell.kill('SIGKILL'))
  let out = ''
  shell.stdout.on('data', (chunk) => {
    out += chunk
  })
  await expect.poll(() => emulator.tasks[0]?.polls, SLOWLY).toBeGreaterThan(5)
  process.kill(-(shell.pid as number), 'SIGINT')
  await once(shell, 'close')
  expect(JSON.parse(out).id).toBe(emulator.tasks[0]?.id)
})
