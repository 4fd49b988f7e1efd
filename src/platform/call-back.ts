import type { Log } from './log'

interface Guard {
  /** The option that the function came from, for the log line. */
  name: string
  log: Log
  /** What goes on all the same, such as `'the wait goes on'`. */
  otherwise: string
  fields?: Readonly<Record<string, unknown>>
}

/** A caller's function that can neither throw nor reject into ours: what it throws is logged, and changes nothing. */
export const guarded = <Args extends readonly unknown[]>(
  callBack: (...args: Args) => unknown,
  { name, log, otherwise, fields }: Guard,
): ((...args: Args) => void) => {
  const report = (error: unknown): void =>
    log('error', `${name} threw; ${otherwise}`, { ...fields, error: describe(error) })
  return (...args) => {
    try {
      const returned = callBack(...args)
      // An async function's rejection would end the process.
      if (typeof returned === 'object' && returned !== null) Promise.resolve(returned).catch(report)
    } catch (error) {
      report(error)
    }
  }
}

/** What was thrown, in words: it may be anything, such as an object whose fields throw in their turn. */
const describe = (thrown: unknown): string => {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : typeof thrown
  } catch {
    return 'something that cannot be read'
  }
}
