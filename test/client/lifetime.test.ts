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
