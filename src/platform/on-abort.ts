import { createLinkedList, type LinkedList } from './linked-list'

type Callback = (reason: unknown) => void

/** The part of an `AbortSignal` that it takes to cancel a request. */
export interface SignalLike {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

interface Audience {
  callbacks: LinkedList<Callback>
  listener: () => void
}

// One listener for each signal, however many calls share it: Node warns about a leak at eleven.
const audiences = new WeakMap<AbortSignal, Audience>()

const listenTo = (signal: AbortSignal): Audience => {
  const callbacks = createLinkedList<Callback>()
  const listener = (): void => {
    audiences.delete(signal)
    while (callbacks.size > 0) callbacks.shift()?.(abortReason(signal))
  }
  signal.addEventListener('abort', listener, { once: true })
  const audience = { callbacks, listener }
  audiences.set(signal, audience)
  return audience
}

/** Calls `callback` when the signal aborts. Returns how to stop listening; the last to stop removes the listener. */
export const onAbort = (signal: AbortSignal, callback: Callback): (() => void) => {
  const { callbacks, listener } = audiences.get(signal) ?? listenTo(signal)
  const takeOut = callbacks.add(callback)
  return () => {
    if (!takeOut() || callbacks.size > 0) return
    signal.removeEventListener('abort', listener)
    audiences.delete(signal)
  }
}

// Signals of old engines and of polyfills (abort-controller@3) have no reason: one is kept for each of them.
const reasons = new WeakMap<object, unknown>()

/** Why the signal aborted. It is an `AbortError` if the signal has no reason, and always the same one. */
export const abortReason = (signal: SignalLike): unknown => {
  if (signal.reason !== undefined) return signal.reason
  if (!reasons.has(signal)) reasons.set(signal, abortError())
  return reasons.get(signal)
}

const abortError = (): Error => {
  const message = 'This operation was aborted'
  if (typeof DOMException === 'function') return new DOMException(message, 'AbortError')
  return Object.assign(new Error(message), { name: 'AbortError' })
}

/** `signal.throwIfAborted()`, which old engines and polyfills lack. */
export const throwIfAborted = (signal: SignalLike | undefined): void => {
  if (signal?.aborted) throw abortReason(signal)
}

/** `controller.abort(reason)`, which keeps the reason if the runtime's own controller drops it. */
export const abortWith = (controller: AbortController, reason: unknown): void => {
  const { signal } = controller
  if (!('reason' in signal)) reasons.set(signal, reason)
  controller.abort(reason)
}

/** Ends one attempt, for one listener. A real controller costs a tenth of a request, and nothing but `fetch` needs one. */
export class Cancellation implements SignalLike {
  aborted = false
  reason: unknown = undefined
  private listener: (() => void) | undefined = undefined

  addEventListener(_: 'abort', listener: () => void): void {
    this.listener = listener
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    if (this.listener === listener) this.listener = undefined
  }

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    this.listener?.()
  }
}

/** The real signal behind it, for `fetch`. */
export const realSignal = (signal: SignalLike): AbortSignal => {
  if ('dispatchEvent' in signal) return signal as AbortSignal
  const controller = new AbortController()
  const abort = (): void => abortWith(controller, abortReason(signal))
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort)
  return controller.signal
}
