import { expect, vi } from 'vitest'
import { run } from '../../src/cli/run'

interface Terminal {
  /** The environment besides the key. */
  env?: Record<string, string | undefined>
  /** Makes stdout and stderr a terminal of that width. */
  columns?: number
}

/** Runs a command line in this process: faster than one of its own, and the terminal is whatever a test needs. */
export const runHere = async (args: readonly string[], { env = {}, columns }: Terminal = {}) => {
  const texts = { out: '', err: '' }
  for (const [name, value] of Object.entries({ RUNAPI_API_KEY: 'rk_any', ...env })) vi.stubEnv(name, value)
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
  ]
  const streams = [process.stdout, process.stderr]
  const before = streams.map(({ isTTY, columns }) => ({ isTTY, columns }))
  for (const stream of streams) Object.assign(stream, { isTTY: columns !== undefined, columns })
  try {
    const exitCode = await run(args)
    return { exitCode, ...texts }
  } finally {
    for (const [index, stream] of streams.entries()) Object.assign(stream, before[index])
    for (const spy of spies) spy.mockRestore()
    vi.unstubAllEnvs()
    expect(texts.out + texts.err).not.toContain('    at ')
  }
}
