import { nearestName } from '../platform/nearest-name'
import type { CommandSpec } from './command'
import { COMMANDS, commandNamed } from './commands'
import { exitCodeOf, UsageError } from './exit-code-of'
import { formatError } from './format-error'
import { say } from './output'
import { paramSpellings } from './params'
import { type Line, readLine } from './read-line'

/** Runs a command, and returns the exit code. Errors go to stderr. */
export const runCommand = async (name: string | undefined, args: readonly string[]): Promise<number> => {
  let line: Line | undefined
  try {
    const command = commandOf(name)
    if (!command?.options.includes('api-key')) refuseKey([name ?? '', ...args])
    if (!command) throw noCommand(name)
    line = readLine({ args, command, params: command.takesParams ? paramSpellings : new Set() })
    return await (await command.load()).run(line)
  } catch (error) {
    say(`runapi-video: ${formatError(error, line)}`)
    return exitCodeOf(error)
  }
}

const commandOf = (name: string | undefined): CommandSpec | undefined =>
  name === undefined ? undefined : commandNamed(name)

const noCommand = (name: string | undefined): UsageError => {
  const names = Object.keys(COMMANDS)
  const list = `there is ${names.join(', ')}; --help explains them`
  if (name === undefined) return new UsageError(`a command is missing; ${list}`)
  const near = nearestName(name, names)
  return new UsageError(`there is no command ${name}; ${near ? `did you mean ${near}?` : list}`)
}

const KEY_FLAG = /^--?(?:runapi[-_]?)?(?:api[-_]?)?(?:key|token)(?:=|$)/i

const refuseKey = (args: readonly string[]): void => {
  if (args.some((each) => KEY_FLAG.test(each)))
    throw new UsageError(
      'the key is not taken as an argument, which every user of this machine could read in the list of processes; ' +
        'set the environment variable RUNAPI_API_KEY',
    )
}
