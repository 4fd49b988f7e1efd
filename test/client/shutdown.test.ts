import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { combineSignals, createShutdown } from '../../src/http/shutdown'

test("a linked signal follows the caller's reason and the client's end", () => {
  const caller = new AbortController()
  const lifetime = createShutdown()
  const [first, second] = [combineSignals(lifetime, caller.signal), combineSignals(lifetime, undefined)]
  caller.abort('enough')
  expect(first.signal.reason).toBe('enough')
  expect(second.signal.aborted).toBe(false)
  lifetime.close()
  expect(second.signal.reason).toMatchObject({ code: 'client_closed' })
})

test('a linked signal that is released follows nobody, and leaves no listener', () => {
  const caller = new AbortController()
  const lifetime = createShutdown()
  const { signal, release } = combineSignals(lifetime, caller.signal)
  release()
  expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0)
  lifetime.close()
  caller.abort()
  expect(signal.aborted).toBe(false)
})

test('what begins after the end is aborted at once, and an aborted caller comes first', () => {
  const lifetime = createShutdown()
  lifetime.close()
  expect(combineSignals(lifetime, undefined).signal.reason).toMatchObject({ code: 'client_closed' })
  expect(combineSignals(lifetime, AbortSignal.abort('early')).signal.reason).toBe('early')
})

test('where calls may share, those without a signal of their own share one, which ends with the client', () => {
  const lifetime = createShutdown({ shared: true })
  const [first, second] = [combineSignals(lifetime, undefined), combineSignals(lifetime, undefined)]
  expect(first.signal).toBe(second.signal)
  first.release()
  lifetime.close()
  expect(second.signal.reason).toMatchObject({ code: 'client_closed' })
  expect(combineSignals(lifetime, undefined).signal.aborted).toBe(true)
})

test('elsewhere no two calls share a signal', () => {
  const lifetime = createShutdown()
  expect(combineSignals(lifetime, undefined).signal).not.toBe(combineSignals(lifetime, undefined).signal)
})

test('a signal that is linked already is not linked again, except to another client', () => {
  for (const shared of [true, false]) {
    const [lifetime, other] = [createShutdown({ shared }), createShutdown({ shared })]
    const { signal } = combineSignals(lifetime, new AbortController().signal)
    expect(combineSignals(lifetime, signal).signal).toBe(signal)
    const foreign = combineSignals(other, signal).signal
    expect(foreign).not.toBe(signal)
    lifetime.close()
    expect(foreign.reason).toMatchObject({ code: 'client_closed' })
  }
})

test('a shared signal that is asked for after the end is aborted', () => {
  const lifetime = createShutdown({ shared: true })
  lifetime.close()
  expect(combineSignals(lifetime, undefined).signal.reason).toMatchObject({ code: 'client_closed' })
})
