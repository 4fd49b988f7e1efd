import { ClientClosedError } from './errors/client-closed-error'
import { onAbort } from './on-abort'

/** From a client's construction to its `close()`; shared by the clients of `withOptions`. */
export interface Lifetime {
  readonly closed: boolean
  /** Calls `stop` when the client is closed, with the reason. Returns how to stop listening. */
  onClose(stop: (reason: ClientClosedError) => void): () => void
  close(): void
}

const closedError = (): ClientClosedError =>
  new ClientClosedError('the client was closed; make a new RunApiClient to go on')

export const createLifetime = (): Lifetime => {
  const listeners = new Set<(reason: ClientClosedError) => void>()
  let closed = false
  return {
    get closed() {
      return closed
    },
    onClose: (stop) => {
      if (closed) {
        stop(closedError())
        return () => {}
      }
      listeners.add(stop)
      return () => listeners.delete(stop)
    },
    close: () => {
      closed = true
      for (const stop of listeners) stop(closedError())
      listeners.clear()
    },
  }
}

/** A signal that follows the caller's and the client's end. `release` must be called when the work is over. */
export const linkSignals = (
  lifetime: Lifetime,
  signal: AbortSignal | undefined,
): { signal: AbortSignal; release: () => void } => {
  const controller = new AbortController()
  if (signal?.aborted) controller.abort(signal.reason)
  const stop = (reason: unknown): void => controller.abort(reason)
  const forgetClose = lifetime.onClose(stop)
  const forgetSignal = signal && onAbort(signal, stop)
  return {
    signal: controller.signal,
    release: () => {
      forgetClose()
      forgetSignal?.()
    },
  }
}
