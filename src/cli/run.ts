import { VERSION } from '../platform/version'
import type { CommandSpec } from './command'
import { COMMANDS, commandNamed } from './commands'
import { commandHelp, helpColumns, programHelp } from './help'
import { EXIT_CODES } from './options'

/** Runs a command line, and returns the exit code. */
export const run = async (words: readonly string[]): Promise<number> => {
  // Read here, because the library need not be loaded for it.
  const columns = helpColumns(process.stdout.columns)
  const [name, ...args] = words[0] === 'help' ? [words[1] ?? '--help', '--help'] : words
  if (name === '--help' || name === '-h') {
    const rows = Object.entries(COMMANDS).map(([command, { summary }]) => [command, summary] as const)
    console.log(programHelp(rows, EXIT_CODES, columns))
    return 0
  }
  if (name === '--version' || name === '-v') {
    console.log(VERSION)
    return 0
  }
  const command: CommandSpec | undefined = name === undefined ? undefined : commandNamed(name)
  if (command && name !== undefined && asksForHelp(args)) {
    const sections = command.takesParams ? (await import('./params')).paramSections(args[0]) : []
    console.log(commandHelp(name, command, { columns, sections }))
    return 0
  }
  const { runCommand } = await import('./run-command')
  return runCommand(name, args)
}

const asksForHelp = (args: readonly string[]): boolean => {
  const end = args.indexOf('--')
  return args.slice(0, end === -1 ? undefined : end).some((word) => word === '--help' || word === '-h')
}
