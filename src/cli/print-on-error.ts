import { printJson } from './output'

const printedFor = new WeakSet<object>()

/** What `work` gives. Where it fails, the document is printed, once: it is all that is known of a paid task. */
export const printOnError = async <T>(document: unknown, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    if (!printedFor.has(error)) await printJson(document)
    printedFor.add(error)
    throw error
  }
}
