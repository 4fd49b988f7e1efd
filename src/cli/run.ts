import { emulator } from './emulator'
import { UsageError } from './usage-error'

interface Command {
  summary: string
  /** Runs it, and gives the exit code. */
  run(args: readonly string[]): Promise<number>
}

const commands: Readonly<Record<string, Command>> = { emulator }

const usage = (): string => {
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name}  ${summary}`)
  return [
    'Usage: runapi-video <command> [options]',
    '',
    ...rows,
    '',
    '--help after a command explains it.',
  ].join('\n')
}

/** Runs a command line, and gives the exit code: 2 where the line itself is wrong. */
export const run = async ([name, ...args]: readonly string[]): Promise<number> => {
  try {
    if (name === '--help' || name === '-h') {
      console.log(usage())
      return 0
    }
    if (name === undefined) throw new UsageError(`a command is missing\n\n${usage()}`)
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (command) return await command.run(args)
    throw new UsageError(`there is no command ${name}; there is ${Object.keys(commands).join(', ')}`)
  } catch (error) {
    console.error(`runapi-video: ${error instanceof Error ? error.message : String(error)}`)
    return error instanceof UsageError ? 2 : 1
  }
}
