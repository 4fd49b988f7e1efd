import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, expect, vi } from 'vitest'
import { run } from '../../src/cli/run'
import { KEY } from './serve'

/** A folder for what the commands read and write. They run in it. */
export const folder = mkdtempSync(join(tmpdir(), 'runapi-video-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Nobody listens there.
const ENV = { RUNAPI_API_KEY: KEY, RUNAPI_BASE_URL: 'http://127.0.0.1:9' }

interface Terminal {
  /** The environment besides the key. */
  env?: Record<string, string | undefined>
  stdin?: string | Readable
  /** Makes stdout and stderr a terminal of that width. */
  columns?: number
}

/** Runs a command line in this process: faster than one of its own, and the terminal is whatever a test needs. */
export const runHere = async (args: readonly string[], { env = {}, stdin = '', columns }: Terminal = {}) => {
  const texts = { out: '', err: '' }
  const write = (key: 'out' | 'err') =>
    ((text: string, done?: () => void) => {
      texts[key] += text
      done?.()
      return true
    }) as typeof process.stdout.write
  const log = (key: 'out' | 'err') => (text: string) => {
    texts[key] += `${text}\n`
  }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(write('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(write('err')),
    vi.spyOn(console, 'log').mockImplementation(log('out')),
    vi.spyOn(console, 'error').mockImplementation(log('err')),
    vi
      .spyOn(process, 'stdin', 'get')
      .mockReturnValue(
        (typeof stdin === 'string' ? Readable.from([stdin]) : stdin) as unknown as typeof process.stdin,
      ),
  ]
  for (const [name, value] of Object.entries({ ...ENV, ...env })) vi.stubEnv(name, value)
  const streams = [process.stdout, process.stderr]
  const before = streams.map(({ isTTY, columns }) => ({ isTTY, columns }))
  for (const stream of streams) Object.assign(stream, { isTTY: columns !== undefined, columns })
  const cwd = process.cwd()
  process.chdir(folder)
  try {
    const exitCode = await run(args)
    return { exitCode, ...texts }
  } finally {
    process.chdir(cwd)
    for (const [index, stream] of streams.entries()) Object.assign(stream, before[index])
    for (const spy of spies) spy.mockRestore()
    vi.unstubAllEnvs()
    expect(texts.out + texts.err).not.toContain('    at ')
  }
}

/** The same, with the environment and stdin in one record. */
export const runLine = (
  args: readonly string[],
  { stdin = '', ...env }: Record<string, string | undefined> = {},
) => runHere(args, { env, stdin })
