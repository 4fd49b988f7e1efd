import { after, type Cancel, type Clock } from '../platform/clock'
import { createLinkedList } from '../platform/linked-list'
import { abortReason, onAbort } from '../platform/on-abort'

/** Returns a permit. */
export type Release = () => void

/** Limits how many operations run at once. */
export interface Semaphore {
  /**
   * A permit, at once if one is free, or the promise of one, which rejects with the signal's reason. `holdMs` is the
   * longest that it is needed.
   */
  acquire(signal: AbortSignal, holdMs: number): Release | Promise<Release>
  /** Calls `start` with a permit, at once if one is free; it must not throw. Returns how to leave the queue. */
  enqueue(holdMs: number, start: (release: Release) => void): Cancel
}

const acquireBy =
  (enqueue: Semaphore['enqueue']): Semaphore['acquire'] =>
  (signal, holdMs) => {
    if (signal.aborted) return Promise.reject(abortReason(signal))
    let granted: Release | undefined
    let grant: (release: Release) => void = (release) => {
      granted = release
    }
    const leave = enqueue(holdMs, (release) => grant(release))
    if (granted) return granted
    return new Promise((resolve, reject) => {
      const forget = onAbort(signal, (reason) => {
        leave()
        reject(reason)
      })
      grant = (release) => {
        forget()
        resolve(release)
      }
    })
  }

const NOT_QUEUED = (): void => {}

/** First come, first served. */
export const createSemaphore = (limit: number): Semaphore => {
  let free = limit
  let isAdmitting = false
  const queue = createLinkedList<(release: Release) => void>()
  const newPermit = (): Release => {
    let released = false
    free--
    return () => {
      if (released) return
      released = true
      free++
      admit()
    }
  }
  // A loop, because a permit may come back before `start` returns, and a queue may be ten thousand long.
  const admit = (): void => {
    if (isAdmitting) return
    isAdmitting = true
    try {
      while (free > 0 && queue.size > 0) queue.shift()?.(newPermit())
    } finally {
      isAdmitting = false
    }
  }
  const enqueue: Semaphore['enqueue'] = (_, start) => {
    if (free > 0 && queue.size === 0) {
      start(newPermit())
      return NOT_QUEUED
    }
    const leave = queue.add(start)
    admit()
    return leave
  }
  return { acquire: acquireBy(enqueue), enqueue }
}

const RECHECK_MS = 50

/**
 * Counts with plain numbers, for runtimes where one request may not settle another's promise: whoever gets no permit asks
 * again later. A permit expires with its holder's deadline, because a cancelled request never gives it back.
 */
export const createExpiringSemaphore = (limit: number, clock: Clock, random: () => number): Semaphore => {
  const permits = new Set<{ expiresAt: number }>()
  const enqueue: Semaphore['enqueue'] = (holdMs, start) => {
    let cancelTimer = NOT_QUEUED
    const check = (): void => {
      const now = clock.monotonic()
      for (const permit of permits) if (permit.expiresAt <= now) permits.delete(permit)
      if (permits.size >= limit) {
        cancelTimer = after(clock, RECHECK_MS * (0.5 + random()), check)
        return
      }
      const permit = { expiresAt: now + holdMs }
      permits.add(permit)
      start(() => void permits.delete(permit))
    }
    check()
    return () => cancelTimer()
  }
  return { acquire: acquireBy(enqueue), enqueue }
}
