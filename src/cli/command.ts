/** A command of the command line. */
export interface Command {
  /** Runs it, and gives the exit code. */
  run(args: readonly string[]): Promise<number>
}
