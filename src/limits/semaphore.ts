import { type Clock, pause } from '../platform/clock'
import { abortReason, onAbort } from '../platform/on-abort'

/** Gives a permit back. */
export type Release = () => void

/** Bounds how many things are under way at once. */
export interface Semaphore {
  /** Resolves with a permit; rejects with the signal's reason. `holdMs` is the longest that it is needed. */
  acquire(signal: AbortSignal, holdMs: number): Promise<Release>
}

/** First come, first served. */
export const createSemaphore = (limit: number): Semaphore => {
  let free = limit
  const queue = new Set<() => void>()
  const newPermit = (): Release => {
    let released = false
    return () => {
      if (released) return
      released = true
      const [next] = queue
      if (next) next()
      else free++
    }
  }
  return {
    acquire: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(abortReason(signal))
        if (free > 0) {
          free--
          return resolve(newPermit())
        }
        const admit = (): void => {
          queue.delete(admit)
          forget()
          resolve(newPermit())
        }
        queue.add(admit)
        const forget = onAbort(signal, (reason) => {
          queue.delete(admit)
          reject(reason)
        })
      }),
  }
}

const RECHECK_MS = 50

/**
 * Counts with plain numbers, for runtimes where one request may not settle another's promise: who gets no permit asks
 * again later. A permit expires with its holder's deadline, because a cancelled request never gives it back.
 */
export const createExpiringSemaphore = (limit: number, clock: Clock, random: () => number): Semaphore => {
  const permits = new Set<{ expiresAt: number }>()
  return {
    acquire: async (signal, holdMs) => {
      for (;;) {
        if (signal.aborted) throw abortReason(signal)
        const now = clock.monotonic()
        for (const permit of permits) if (permit.expiresAt <= now) permits.delete(permit)
        if (permits.size < limit) break
        await pause(clock, RECHECK_MS * (0.5 + random()), signal)
      }
      const permit = { expiresAt: clock.monotonic() + holdMs }
      permits.add(permit)
      return () => void permits.delete(permit)
    },
  }
}
