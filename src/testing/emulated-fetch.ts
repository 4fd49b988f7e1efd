import { onAbort } from '../platform/on-abort'
import { answer } from './answer'
import type { EmulatorState } from './emulator-state'

const FILES_URL = 'https://tempfile.runapi.ai/results'

/** A `fetch` that the emulator answers, whatever the host. */
export const createEmulatedFetch = (world: EmulatorState): typeof globalThis.fetch => {
  return async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    signal?.throwIfAborted()
    // Without the signal: a Request that follows one leaves a listener on it.
    const request = new Request(input, { ...init, signal: null })
    const answered = world.time.during(() => answer({ request, signal, filesUrl: FILES_URL }, world))
    return signal === undefined ? answered : unlessAborted(answered, signal)
  }
}

const unlessAborted = <T>(answered: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const forget = onAbort(signal, reject)
    answered.then(resolve, reject).finally(forget)
  })
