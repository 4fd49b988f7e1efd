import { type Clock, pause } from '../platform/clock'
import { abortReason, onAbort } from '../platform/on-abort'

/** Gives a place back. */
export type Release = () => void

/** Bounds how many things are under way at once. */
export interface Semaphore {
  /** Resolves when there is a place; rejects with the signal's reason. `holdMs` is the longest the place is needed. */
  acquire(signal: AbortSignal, holdMs: number): Promise<Release>
}

/** First come, first served. */
export const createSemaphore = (limit: number): Semaphore => {
  let free = limit
  const queue = new Set<() => void>()
  const leaveOnce = (): Release => {
    let left = false
    return () => {
      if (left) return
      left = true
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
          return resolve(leaveOnce())
        }
        const admit = (): void => {
          queue.delete(admit)
          forget()
          resolve(leaveOnce())
        }
        queue.add(admit)
        const forget = onAbort(signal, (reason) => {
          queue.delete(admit)
          reject(reason)
        })
      }),
  }
}

const LOOK_AGAIN_MS = 50

/**
 * Counts with plain numbers, for runtimes where one request may not settle another's promise: who finds no place looks
 * again later. A place expires with its holder's deadline, because a cancelled request never gives it back.
 */
export const createExpiringSemaphore = (limit: number, clock: Clock, random: () => number): Semaphore => {
  const places = new Set<{ expiresAt: number }>()
  return {
    acquire: async (signal, holdMs) => {
      for (;;) {
        if (signal.aborted) throw abortReason(signal)
        const now = clock.monotonic()
        for (const place of places) if (place.expiresAt <= now) places.delete(place)
        if (places.size < limit) break
        await pause(clock, LOOK_AGAIN_MS * (0.5 + random()), signal)
      }
      const place = { expiresAt: clock.monotonic() + holdMs }
      places.add(place)
      return () => void places.delete(place)
    },
  }
}
