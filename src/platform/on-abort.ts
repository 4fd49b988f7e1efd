type Callback = (reason: unknown) => void

interface Audience {
  callbacks: Set<Callback>
  listener: () => void
}

// One listener a signal, however many calls share it: Node warns about a leak at eleven.
const audiences = new WeakMap<AbortSignal, Audience>()

const listenTo = (signal: AbortSignal): Audience => {
  const callbacks = new Set<Callback>()
  const listener = (): void => {
    audiences.delete(signal)
    for (const callback of callbacks) callback(signal.reason)
  }
  signal.addEventListener('abort', listener, { once: true })
  const audience = { callbacks, listener }
  audiences.set(signal, audience)
  return audience
}

/** Calls `callback` when the signal aborts. Returns how to stop listening; the last to stop removes the listener. */
export const onAbort = (signal: AbortSignal, callback: Callback): (() => void) => {
  const { callbacks, listener } = audiences.get(signal) ?? listenTo(signal)
  // Wrapped, so that one function given twice stays two registrations.
  const entry: Callback = (reason) => callback(reason)
  callbacks.add(entry)
  return () => {
    if (!callbacks.delete(entry) || callbacks.size > 0) return
    signal.removeEventListener('abort', listener)
    audiences.delete(signal)
  }
}
