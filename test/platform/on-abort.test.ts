import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { Cancellation, onAbort, realSignal } from '../../src/platform/on-abort'

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

test('everyone who listens hears the reason once', () => {
  const controller = new AbortController()
  const heard: unknown[] = []
  const listen = (reason: unknown): void => void heard.push(reason)
  onAbort(controller.signal, listen)
  onAbort(controller.signal, listen)
  controller.abort('why')
  expect(heard).toEqual(['why', 'why'])
})

test('a thousand who listen are one listener on the signal', () => {
  const { signal } = new AbortController()
  const forgets = Array.from({ length: 1_000 }, () => onAbort(signal, () => {}))
  expect(listeners(signal)).toBe(1)
  for (const forget of forgets.slice(1)) forget()
  expect(listeners(signal)).toBe(1)
  forgets[0]?.()
  expect(listeners(signal)).toBe(0)
})

test('who stopped listening hears nothing, and takes nobody along', () => {
  const controller = new AbortController()
  const heard: string[] = []
  const forget = onAbort(controller.signal, () => heard.push('first'))
  onAbort(controller.signal, () => heard.push('second'))
  forget()
  forget()
  controller.abort()
  expect(heard).toEqual(['second'])
})

test('who listens again after all had stopped is heard', () => {
  const controller = new AbortController()
  const heard: string[] = []
  onAbort(controller.signal, () => heard.push('first'))()
  onAbort(controller.signal, () => heard.push('second'))
  controller.abort()
  expect(heard).toEqual(['second'])
})

test('one who hears can make another stop listening', () => {
  const controller = new AbortController()
  const heard: string[] = []
  let forget = (): void => {}
  onAbort(controller.signal, () => forget())
  forget = onAbort(controller.signal, () => heard.push('second'))
  controller.abort()
  expect(heard).toEqual([])
})

test('a cancellation aborts once, with its first reason, and tells its listener', () => {
  const signal = new Cancellation()
  const heard: unknown[] = []
  const removed = () => heard.push('removed')
  signal.addEventListener('abort', removed)
  signal.removeEventListener('abort', removed)
  signal.addEventListener('abort', () => heard.push(signal.reason))
  signal.abort('first')
  signal.abort('second')
  expect([heard, signal.aborted, signal.reason]).toEqual([['first'], true, 'first'])
})

test('the real signal of a cancellation aborts with it, also when it is made late', () => {
  const early = new Cancellation()
  const signal = realSignal(early)
  early.abort('late answer')
  expect([signal.aborted, signal.reason]).toEqual([true, 'late answer'])
  expect(realSignal(early).reason).toBe('late answer')
  expect(signal).toBeInstanceOf(AbortSignal)
})

test('a real signal stays itself', () => {
  const { signal } = new AbortController()
  expect(realSignal(signal)).toBe(signal)
})
