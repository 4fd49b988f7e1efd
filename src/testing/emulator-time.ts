import { type Clock, systemClock } from '../clock'
import { onAbort } from '../on-abort'
import type { VirtualTime } from './virtual-time'

/** The emulator's own time: the virtual clock's once someone has taken that clock, the system's until then. */
export interface EmulatorTime {
  now(): number
  monotonic(): number
  /** The emulator itself waits. Virtual time may pass meanwhile. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Virtual time stands still until `answer` has settled, except where it sleeps. */
  during<T>(answer: () => Promise<T>): Promise<T>
  /** Hands out the virtual clock, which is the emulator's time from then on. */
  takeClock(): Clock
}

const untilAborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    if (signal !== undefined) onAbort(signal, reject)
  })

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
