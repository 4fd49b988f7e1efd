import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { combineSignals, createShutdown } from '../../src/http/shutdown'

test("a linked signal follows the caller's reason and the client's end", () => {
  const caller = new AbortController()
  const shutdown = createShutdown()
  const [first, second] = [combineSignals(shutdown, caller.signal), combineSignals(shutdown, undefined)]
  caller.abort('enough')
  expect(first.signal.reason).toBe('enough')
  expect(second.signal.aborted).toBe(false)
  shutdown.close()
  expect(second.signal.reason).toMatchObject({ code: 'client_closed' })
})

test('a linked signal that is released follows nobody, and leaves no listener', () => {
  const caller = new AbortController()
  const shutdown = createShutdown()
  const { signal, release } = combineSignals(shutdown, caller.signal)
  release()
  expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0)
  shutdown.close()
  caller.abort()
  expect(signal.aborted).toBe(false)
})

test('what begins after the end is aborted at once, and an aborted caller comes first', () => {
  const shutdown = createShutdown()
  shutdown.close()
  expect(combineSignals(shutdown, undefined).signal.reason).toMatchObject({ code: 'client_closed' })
  expect(combineSignals(shutdown, AbortSignal.abort('early')).signal.reason).toBe('early')
})

test('where calls may share, those without a signal of their own share one, which ends with the client', () => {
  const shutdown = createShutdown({ shared: true })
  const [first, second] = [combineSignals(shutdown, undefined), combineSignals(shutdown, undefined)]
  expect(first.signal).toBe(second.signal)
  first.release()
  shutdown.close()
  expect(second.signal.reason).toMatchObject({ code: 'client_closed' })
  expect(combineSignals(shutdown, undefined).signal.aborted).toBe(true)
})

test('elsewhere no two calls share a signal', () => {
  const shutdown = createShutdown()
  expect(combineSignals(shutdown, undefined).signal).not.toBe(combineSignals(shutdown, undefined).signal)
})

test('a signal that is linked already is not linked again, except to another client', () => {
  for (const shared of [true, false]) {
    const [shutdown, other] = [createShutdown({ shared }), createShutdown({ shared })]
    const { signal } = combineSignals(shutdown, new AbortController().signal)
    expect(combineSignals(shutdown, signal).signal).toBe(signal)
    const combined = combineSignals(other, signal).signal
    expect(combined).not.toBe(signal)
    shutdown.close()
    expect(combined.reason).toMatchObject({ code: 'client_closed' })
  }
})

test('a shared signal that is asked for after the end is aborted', () => {
  const shutdown = createShutdown({ shared: true })
  shutdown.close()
  expect(combineSignals(shutdown, undefined).signal.reason).toMatchObject({ code: 'client_closed' })
})
