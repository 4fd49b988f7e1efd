import type { OptionName } from './options'
import type { Line } from './read-line'

/** A command, once it is loaded. */
export interface Command {
  /** Runs it, and returns the exit code. */
  run(line: Line): Promise<number>
}

export interface CommandSpec {
  readonly summary: string
  /** The arguments after the command's name, a line for each form. */
  readonly usage: readonly string[]
  readonly about: string
  readonly options: readonly OptionName[]
  /** Whether each parameter of each endpoint is a flag. */
  readonly takesParams?: true
  readonly examples: readonly string[]
  /** Loads it: no command reads what only another one needs. */
  load(): Promise<Command>
}
