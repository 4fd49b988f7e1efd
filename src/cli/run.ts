import { VERSION } from '../platform/version'
import type { Command } from './command'
import { EXIT_CODES, exitCodeOf } from './exit-code-of'
import { formatError } from './format-error'
import { say } from './output'
import { UsageError } from './usage-error'

interface Entry {
  summary: string
  /** Loads it: one command need not read what the others need. */
  load(): Promise<Command>
}

const commands: Readonly<Record<string, Entry>> = {
  create: { summary: 'buys a task', load: async () => (await import('./create')).create },
  wait: { summary: 'waits for a task', load: async () => (await import('./wait')).wait },
  download: { summary: 'saves the video of a task', load: async () => (await import('./download')).download },
  emulator: {
    summary: 'serves an emulator of RunAPI on this machine',
    load: async () => (await import('./emulator')).emulator,
  },
}

const usage = (): string => {
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(8)}  ${summary}`)
  return [
    'Usage: runapi-video <command> [options]',
    '',
    ...rows,
    '',
    '--help after a command explains it; --version prints the version.',
  ].join('\n')
}

/** Runs a command line, and gives the exit code. */
export const run = async ([name, ...args]: readonly string[]): Promise<number> => {
  try {
    if (name === '--help' || name === '-h') {
      console.log(`${usage()}\n\n${EXIT_CODES}`)
      return 0
    }
    if (name === '--version' || name === '-v') {
      console.log(VERSION)
      return 0
    }
    refuseKey([name ?? '', ...args])
    if (name === undefined) throw new UsageError(`a command is missing\n\n${usage()}`)
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (command) return await (await command.load()).run(args)
    throw new UsageError(`there is no command ${name}; there is ${Object.keys(commands).join(', ')}`)
  } catch (error) {
    say(`runapi-video: ${formatError(error)}`)
    return exitCodeOf(error)
  }
}

const KEY_FLAG = /^--?(?:runapi[-_]?)?(?:api[-_]?)?(?:key|token)(?:=|$)/i

const refuseKey = (args: readonly string[]): void => {
  if (args.some((each) => KEY_FLAG.test(each)))
    throw new UsageError(
      'the key is not taken as an argument, which every user of this machine could read in the list of processes; ' +
        'set the environment variable RUNAPI_API_KEY',
    )
}
