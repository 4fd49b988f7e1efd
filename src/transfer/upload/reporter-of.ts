import type { Log } from '../../platform/log'

/** A caller's callback whose exceptions are logged and go no further. */
export const reporterOf = <T>(
  onProgress: ((progress: T) => void) | undefined,
  log: Log,
): ((progress: T) => void) | undefined => {
  if (!onProgress) return undefined
  const report = (error: unknown): void =>
    log('error', 'onProgress threw; the transfer goes on', { error: String(error) })
  return (progress) => {
    try {
      // An async listener's rejection would end the process.
      Promise.resolve(onProgress(progress) as unknown).catch(report)
    } catch (error) {
      report(error)
    }
  }
}
