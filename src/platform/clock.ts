import { abortReason, onAbort } from './on-abort'

/** A source of time. The client takes one so that tests can run on virtual time. */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. May jump; used only for dates and a revived task's age. */
  now(): number
  /** Milliseconds that never go back. Every delay and deadline is measured on it. */
  monotonic(): number
  /** Resolves after `ms` milliseconds; rejects with `signal.reason`, at once, when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /**
   * The source of jitter, from 0 up to 1. A test's clock may provide a seeded one.
   * @default Math.random
   */
  random?(): number
}

/** Stops a pending timer. Calling it again, or after the timer ran, does nothing. */
export type Cancel = () => void

// setTimeout keeps a signed 32-bit count and fires at once beyond it.
const MAX_TIMEOUT_MS = 2 ** 31 - 1

const startTimer = (ms: number, run: () => void): Cancel => {
  if (ms > MAX_TIMEOUT_MS) return startLongTimer(ms, run)
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

// Separate, so that the closure that cancels a common timer holds only the timer.
const startLongTimer = (ms: number, run: () => void): Cancel => {
  let cancel = startTimer(MAX_TIMEOUT_MS, () => {
    cancel = startTimer(ms - MAX_TIMEOUT_MS, run)
  })
  return () => cancel()
}

let latest = 0

// Old engines have no `performance`. A date that is set back stands still until it has caught up.
const monotonicNow = (): number => {
  latest = typeof performance === 'undefined' ? Math.max(latest, Date.now()) : performance.now()
  return latest
}

/** The system's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: monotonicNow,
  sleep: (ms, signal) => pause(systemClock, ms, signal),
}

/** Runs `run` once after `ms` milliseconds of this clock, unless cancelled first. `Infinity` never runs. */
export const after = (clock: Clock, ms: number, run: () => void): Cancel => {
  if (ms === Infinity) return () => {}
  // A parked wait holds only this timer: no promise and no AbortController on the system's clock.
  if (clock === systemClock) return startTimer(Math.max(0, ms), run)
  const controller = new AbortController()
  const unlessCancelled = (): void => {
    if (!controller.signal.aborted) run()
  }
  // A clock that fails must not leave a deadline unguarded, so its failure counts as "time is up".
  clock.sleep(Math.max(0, ms), controller.signal).then(unlessCancelled, unlessCancelled)
  return () => controller.abort()
}

/** Resolves after `ms` milliseconds of this clock; rejects with the signal's reason as soon as it aborts. */
export const pause = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortReason(signal))
    const cancel = after(clock, ms, () => {
      forget?.()
      resolve()
    })
    const forget =
      signal &&
      onAbort(signal, (reason) => {
        cancel()
        reject(reason)
      })
  })
