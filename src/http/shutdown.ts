import { ClientClosedError } from '../errors/client-closed-error'
import { createLinkedList } from '../platform/linked-list'
import { abortReason, abortWith, onAbort } from '../platform/on-abort'

/** From a client's construction to its `close()`, or to that of the client that it was derived from. */
export interface Shutdown {
  readonly closed: boolean
  /** Aborts when the client is closed; `undefined` if each call needs a signal of its own. */
  readonly signal: AbortSignal | undefined
  /** Calls `stop` when the client is closed, with the reason. Returns how to stop listening. */
  onClose(stop: (reason: ClientClosedError) => void): () => void
  close(): void
}

const closedError = (): ClientClosedError =>
  new ClientClosedError('the client was closed; make a new RunApiClient to go on')

interface ShutdownOptions {
  /** Whether calls may share a signal. */
  shared?: boolean
  /** Of the client that this one was derived from. */
  parent?: Shutdown | undefined
}

export const createShutdown = ({ shared = false, parent }: ShutdownOptions = {}): Shutdown => {
  const listeners = createLinkedList<(reason: ClientClosedError) => void>()
  let closed = false
  let controller: AbortController | undefined
  let forgetParent: (() => void) | undefined
  const close = (): void => {
    closed = true
    if (controller) abortWith(controller, closedError())
    while (listeners.size > 0) listeners.shift()?.(closedError())
    forgetParent?.()
  }
  return {
    get closed() {
      return closed || parent?.closed === true
    },
    get signal() {
      // Created late, because constructing a client must create none. A derived client has none that its parent would have
      // to keep for ever.
      if (shared && !parent && !controller) {
        controller = new AbortController()
        if (closed) abortWith(controller, closedError())
      }
      return controller?.signal
    },
    onClose: (stop) => {
      if (closed || parent?.closed) {
        stop(closedError())
        return () => {}
      }
      // The parent holds a derived client only while that has something to end.
      if (listeners.size === 0) forgetParent = parent?.onClose(close)
      const forget = listeners.add(stop)
      if (!parent) return forget
      return () => {
        if (forget() && listeners.size === 0) forgetParent?.()
      }
    },
    close,
  }
}

// Lets the inner layers of a call recognize a signal that already follows both.
const linked = new WeakMap<AbortSignal, Shutdown>()

const NOTHING_TO_RELEASE = (): void => {}

/** A signal that follows the caller's and the client's end. `release` must be called when the work is over. */
export const combineSignals = (
  shutdown: Shutdown,
  signal: AbortSignal | undefined,
): { signal: AbortSignal; release: () => void } => {
  // An AbortController with a listener costs a tenth of what a request costs, so one is made only if necessary.
  const known = signal ?? shutdown.signal
  if (known && (known === shutdown.signal || linked.get(known) === shutdown)) {
    return { signal: known, release: NOTHING_TO_RELEASE }
  }
  const controller = new AbortController()
  linked.set(controller.signal, shutdown)
  if (signal?.aborted) abortWith(controller, abortReason(signal))
  const stop = (reason: unknown): void => abortWith(controller, reason)
  const forgetClose = shutdown.onClose(stop)
  const forgetSignal = signal && onAbort(signal, stop)
  return {
    signal: controller.signal,
    release: () => {
      forgetClose()
      forgetSignal?.()
    },
  }
}
