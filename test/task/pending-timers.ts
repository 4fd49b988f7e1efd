import { onTestFinished } from 'vitest'

/**
 * The timers that are set and have neither run nor been cleared, for the test that calls this. Counted at `setTimeout`,
 * because the process's own list holds the test runner's timers too.
 */
export const pendingTimers = (): ReadonlySet<NodeJS.Timeout> => {
  const { setTimeout, clearTimeout } = globalThis
  const pending = new Set<NodeJS.Timeout>()
  globalThis.setTimeout = ((run: () => void, ms?: number) => {
    const timer = setTimeout(() => {
      pending.delete(timer)
      run()
    }, ms)
    pending.add(timer)
    return timer
  }) as typeof setTimeout
  globalThis.clearTimeout = ((timer: NodeJS.Timeout) => {
    pending.delete(timer)
    clearTimeout(timer)
  }) as typeof clearTimeout
  onTestFinished(() => {
    Object.assign(globalThis, { setTimeout, clearTimeout })
  })
  return pending
}
