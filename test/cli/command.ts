import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'tsup'
import { afterAll, beforeAll, onTestFinished, vi } from 'vitest'
import { KEY } from './serve'

/** A folder for what the commands read and write, and the command itself, bundled from its source. */
export const folder = mkdtempSync(join(tmpdir(), 'runapi-video-cli-'))
export const entry = join(folder, 'bin/index.mjs')

// A process takes seconds to start where other work shares the machine.
vi.setConfig({ testTimeout: 60_000 })

beforeAll(async () => {
  await build({
    entry: ['src/cli/index.ts'],
    outDir: join(folder, 'bin'),
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    platform: 'node',
    target: 'node20',
    noExternal: [/^zod/],
    external: ['undici'],
    config: false,
    silent: true,
    esbuildOptions: (options) => {
      options.alias = { '#transport': resolve('src/transport/node.ts') }
    },
  })
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

export interface Ended {
  exitCode: number | null
  signal: NodeJS.Signals | null
  out: string
  err: string
}

export interface Running {
  child: ChildProcessWithoutNullStreams
  /** What it has printed so far. */
  readonly out: string
  readonly err: string
  /** Resolves when it has printed this on either stream. */
  printed(text: string): Promise<void>
  ended: Promise<Ended>
}

/** Starts a command line as a process of its own. `env` is all of its environment besides PATH and the key. */
export const start = (args: readonly string[], env: Record<string, string | undefined> = {}): Running => {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, RUNAPI_API_KEY: KEY, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdin.on('error', () => {})
  const texts = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    texts.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    texts.err += chunk
  })
  const ended = once(child, 'close').then(([exitCode, signal]) => ({ exitCode, signal, ...texts }))
  const printed = async (text: string): Promise<void> => {
    while (!(texts.out + texts.err).includes(text)) {
      if (child.exitCode !== null) throw new Error(`ended without "${text}": ${texts.out}${texts.err}`)
      await new Promise((tick) => setTimeout(tick, 10))
    }
  }
  return {
    child,
    get out() {
      return texts.out
    },
    get err() {
      return texts.err
    },
    printed,
    ended,
  }
}

/** Runs a command line to its end, with `stdin` as its input. */
export const runLine = (
  args: readonly string[],
  { stdin = '', ...env }: Record<string, string | undefined> = {},
): Promise<Ended> => {
  const { child, ended } = start(args, env)
  child.stdin.end(stdin)
  return ended
}
