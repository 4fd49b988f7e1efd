import type { Log } from './log'

interface Guard {
  /** The option that the function came from, for the log line. */
  name: string
  log: Log
  /** What continues anyway, such as `'the wait goes on'`. */
  otherwise: string
  fields?: Readonly<Record<string, unknown>>
}

/** A caller's function that can neither throw nor reject into ours: an error that it throws is only logged. */
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

/** A thrown value as text: it may be anything, such as an object whose fields throw in turn. */
const describe = (thrown: unknown): string => {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : typeof thrown
  } catch {
    return 'something that cannot be read'
  }
}
