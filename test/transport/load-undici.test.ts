import { expect, test } from 'vitest'
import { loadUndici } from '../../src/transport/undici'

test('loading undici leaves the dispatcher of the global fetch to Node', async () => {
  const undici = await loadUndici()
  const dispatcher: unknown = Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1'))
  expect(dispatcher).toBeDefined()
  expect(dispatcher).not.toBeInstanceOf(undici?.Agent)
})

test('undici is loaded once', async () => {
  expect(loadUndici()).toBe(loadUndici())
})
