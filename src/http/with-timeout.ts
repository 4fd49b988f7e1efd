import { after, type Clock } from '../platform/clock'
import { abortReason, onAbort } from '../platform/on-abort'

export interface Bounds {
  clock: Clock
  timeoutMs: number
  signal: AbortSignal
  /** Makes the timeout error. */
  timeoutError: () => unknown
}

/**
 * Returns the result of `work`, unless the time is up or the signal aborts first: then it rejects at once, whether `work`
 * ends or not. Stopping `work` is the caller's job.
 */
export const withTimeout = <T>(
  { clock, timeoutMs, signal, timeoutError }: Bounds,
  work: () => Promise<T>,
): Promise<T> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortReason(signal))
    const release = (): void => {
      forget()
      cancel()
    }
    const fail = (error: unknown): void => {
      release()
      reject(error)
    }
    const forget = onAbort(signal, fail)
    const cancel = after(clock, timeoutMs, () => fail(timeoutError()))
    work().then((value) => {
      release()
      resolve(value)
    }, fail)
  })
