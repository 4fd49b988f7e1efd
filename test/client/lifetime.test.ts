import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { createLifetime, linkSignals } from '../../src/lifetime'

test("a linked signal follows the caller's reason and the client's end", () => {
  const caller = new AbortController()
  const lifetime = createLifetime()
  const [first, second] = [linkSignals(lifetime, caller.signal), linkSignals(lifetime, undefined)]
  caller.abort('enough')
  expect(first.signal.reason).toBe('enough')
  expect(second.signal.aborted).toBe(false)
  lifetime.close()
  expect(second.signal.reason).toMatchObject({ code: 'client_closed' })
})

test('a linked signal that is released follows nobody, and leaves no listener', () => {
  const caller = new AbortController()
  const lifetime = createLifetime()
  const { signal, release } = linkSignals(lifetime, caller.signal)
  release()
  expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0)
  lifetime.close()
  caller.abort()
  expect(signal.aborted).toBe(false)
})

test('what begins after the end is aborted at once, and an aborted caller comes first', () => {
  const lifetime = createLifetime()
  lifetime.close()
  expect(linkSignals(lifetime, undefined).signal.reason).toMatchObject({ code: 'client_closed' })
  expect(linkSignals(lifetime, AbortSignal.abort('early')).signal.reason).toBe('early')
})

test('where calls may share, those without a signal of their own share one, which ends with the client', () => {
  const lifetime = createLifetime({ shared: true })
  const [first, second] = [linkSignals(lifetime, undefined), linkSignals(lifetime, undefined)]
  expect(first.signal).toBe(second.signal)
  first.release()
  lifetime.close()
  expect(second.signal.reason).toMatchObject({ code: 'client_closed' })
  expect(linkSignals(lifetime, undefined).signal.aborted).toBe(true)
})

test('elsewhere no two calls share a signal', () => {
  const lifetime = createLifetime()
  expect(linkSignals(lifetime, undefined).signal).not.toBe(linkSignals(lifetime, undefined).signal)
})

test('a signal that is linked already is not linked again, except to another client', () => {
  for (const shared of [true, false]) {
    const [lifetime, other] = [createLifetime({ shared }), createLifetime({ shared })]
    const { signal } = linkSignals(lifetime, new AbortController().signal)
    expect(linkSignals(lifetime, signal).signal).toBe(signal)
    const foreign = linkSignals(other, signal).signal
    expect(foreign).not.toBe(signal)
    lifetime.close()
    expect(foreign.reason).toMatchObject({ code: 'client_closed' })
  }
})

test('a shared signal that is asked for after the end is aborted', () => {
  const lifetime = createLifetime({ shared: true })
  lifetime.close()
  expect(linkSignals(lifetime, undefined).signal.reason).toMatchObject({ code: 'client_closed' })
})
