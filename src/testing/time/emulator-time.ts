import { type Clock, systemClock } from '../../platform/clock'
import { abortReason, onAbort } from '../../platform/on-abort'
import type { VirtualTime } from './virtual-time'

/** The emulator's own time: the virtual clock's once someone has taken that clock, the system's until then. */
export interface EmulatorTime {
  now(): number
  monotonic(): number
  /** The emulator itself waits. Virtual time may pass meanwhile. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Waits without moving virtual time, and without keeping the process alive in real time. */
  sleepPassively(ms: number, signal: AbortSignal): Promise<void>
  /** Virtual time stands still until `answer` has settled, except where it sleeps. */
  during<T>(answer: () => Promise<T>): Promise<T>
  /** Hands out the virtual clock, which is the emulator's time from then on. */
  takeClock(): Clock
}

const untilAborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    if (signal?.aborted) return reject(abortReason(signal))
    if (signal !== undefined) onAbort(signal, reject)
  })

// setTimeout keeps a signed 32-bit count and fires at once beyond it.
const MAX_TIMEOUT_MS = 2 ** 31 - 1

const sleepUnreferenced = async (ms: number, signal: AbortSignal): Promise<void> => {
  for (let left = ms; left > 0; left -= MAX_TIMEOUT_MS) {
    await new Promise<void>((resolve, reject) => {
      if (signal.aborted) return reject(abortReason(signal))
      const over = (): void => {
        forget()
        resolve()
      }
      const timer = setTimeout(over, Math.min(left, MAX_TIMEOUT_MS))
      // Elsewhere than on Node a timer is a number.
      timer.unref?.()
      const forget = onAbort(signal, (reason) => {
        clearTimeout(timer)
        reject(reason)
      })
    })
  }
}

/** `isUnused` says whether no request has come yet: time cannot change its pace under a task. */
export const createEmulatorTime = (virtual: VirtualTime, isUnused: () => boolean): EmulatorTime => {
  let clock = systemClock

  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: async (ms, signal) => {
      virtual.release()
      try {
        await (ms === Infinity ? untilAborted(signal) : clock.sleep(ms, signal))
      } finally {
        virtual.hold()
      }
    },
    sleepPassively: (ms, signal) =>
      clock === virtual.clock ? virtual.sleepPassively(ms, signal) : sleepUnreferenced(ms, signal),
    during: async (answer) => {
      virtual.hold()
      try {
        return await answer()
      } finally {
        virtual.release()
      }
    },
    takeClock: () => {
      if (clock === virtual.clock) return clock
      if (!isUnused()) {
        throw new Error(
          'emulator.clock: take the clock before the first request. Requests have already come, so the tasks run on the system’s time.',
        )
      }
      clock = virtual.clock
      return clock
    },
  }
}
