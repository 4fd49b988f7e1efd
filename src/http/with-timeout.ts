import { after, type Clock } from '../platform/clock'
import { abortReason, onAbort } from '../platform/on-abort'

export interface Bounds {
  clock: Clock
  timeoutMs: number
  signal: AbortSignal
  /** Makes the error of time that is up. */
  tooLate: () => unknown
}

/**
 * What `work` gives, unless the time is up or the signal aborts first: then it rejects at once, whether `work` ends or
 * not. Stopping `work` is the caller's.
 */
export const withTimeout = async <T>(
  { clock, timeoutMs, signal, tooLate }: Bounds,
  work: () => Promise<T>,
): Promise<T> => {
  if (signal.aborted) throw abortReason(signal)
  let release = (): void => {}
  const ended = new Promise<never>((_, reject) => {
    const forget = onAbort(signal, reject)
    const cancel = after(clock, timeoutMs, () => reject(tooLate()))
    release = () => {
      forget()
      cancel()
    }
  })
  try {
    return await Promise.race([ended, work()])
  } finally {
    release()
  }
}
