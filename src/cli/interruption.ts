import type { Task } from '../contract/task-handle'

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const

// npx passes a terminal's Ctrl-C on to a process that has had it from the terminal: that is still the first one.
const ECHO_MS = 300

/** The command is to end: the user pressed Ctrl-C, or the system asked. The message says where things stand. */
export class Interruption extends Error {
  override readonly name = 'Interruption'

  constructor(
    readonly exitCode: number,
    message = 'interrupted',
    /** The task that goes on. */
    readonly task?: Task,
  ) {
    super(message)
  }
}

/** Runs `work` with a signal that the first Ctrl-C aborts. The second ends the process, as if nobody listened. */
export const interruptible = async (work: (signal: AbortSignal) => Promise<number>): Promise<number> => {
  const controller = new AbortController()
  const listeners = Object.entries(EXIT_CODES).map(([name, exitCode]) => {
    const listener = (): void => {
      controller.abort(new Interruption(exitCode))
      setTimeout(release, ECHO_MS).unref()
    }
    process.on(name, listener)
    return { name, listener }
  })
  const release = (): void => {
    for (const { name, listener } of listeners) process.off(name, listener)
  }
  try {
    return await work(controller.signal)
  } finally {
    // The echo may come while the last words are written.
    if (!controller.signal.aborted) release()
  }
}
