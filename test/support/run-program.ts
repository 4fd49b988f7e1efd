import { createRequire } from 'node:module'
import * as library from 'runapi-video'
import * as ledger from 'runapi-video/ledger'
import * as node from 'runapi-video/node'
import * as testing from 'runapi-video/testing'
import * as webhooks from 'runapi-video/webhooks'
import ts from 'typescript'

export interface ProgramResult {
  /** What the program printed with `console.log` and `console.error`, a line an entry. */
  lines: string[]
  exports: Record<string, unknown>
  /** Closes the program's clients, and waits for what their ledgers still write. */
  close(): Promise<void>
}

export interface ProgramOptions {
  emulator: testing.Emulator
  /** The program's arguments. */
  args?: readonly string[]
  /** Names that the program uses without declaring them. */
  globals?: Readonly<Record<string, unknown>>
  /** Modules that it gets in place of those of the same name. */
  modules?: Readonly<Record<string, unknown>>
}

const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (...values: unknown[]) => Promise<void>
const nodeRequire = createRequire(import.meta.url)

/**
 * Runs the text of a module as it stands, against the emulator. One thing differs from a run of its own: the client
 * gets the emulator's fetch and clock, so that a task of two minutes takes a millisecond.
 */
export const runProgram = async (
  text: string,
  { emulator, args = [], globals = {}, modules: given = {} }: ProgramOptions,
): Promise<ProgramResult> => {
  const clients: library.RunApiClient[] = []
  class RunApiClient extends library.RunApiClient {
    constructor(options: library.RunApiClientOptions = {}) {
      super({ fetch: emulator.fetch, clock: emulator.clock, ...options })
      clients.push(this)
    }
  }
  const modules: Record<string, unknown> = {
    'runapi-video': { ...library, RunApiClient },
    'runapi-video/ledger': ledger,
    'runapi-video/node': node,
    'runapi-video/testing': testing,
    'runapi-video/webhooks': webhooks,
    ...given,
  }
  const lines: string[] = []
  const exports: Record<string, unknown> = {}
  const print = (...values: unknown[]): void => {
    lines.push(values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' '))
  }
  const scope = {
    exports,
    require: (name: string) => modules[name] ?? nodeRequire(name),
    console: { log: print, error: print },
    process: { argv: ['node', 'program', ...args], env: process.env },
    fetch: emulator.fetch,
    ...globals,
  }
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  })
  await new AsyncFunction(...Object.keys(scope), outputText)(...Object.values(scope))
  const close = async () => void (await Promise.all(clients.map((client) => client.close())))
  return { lines, exports, close }
}
