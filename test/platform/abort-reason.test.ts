import { expect, test } from 'vitest'
import { abortReason, abortWith, onAbort, throwIfAborted } from '../../src/platform/on-abort'

/** A signal as old engines and abort-controller@3 make it: it aborts, but has neither a reason nor `throwIfAborted`. */
const oldController = () => {
  const target = new EventTarget() as EventTarget & { aborted: boolean }
  target.aborted = false
  return {
    signal: target as unknown as AbortSignal,
    abort: () => {
      target.aborted = true
      target.dispatchEvent(new Event('abort'))
    },
  } as unknown as AbortController
}

test("an abort's reason is the signal's own, also one that is null or no error", () => {
  for (const reason of [new Error('enough'), 'enough', null, 0, false]) {
    expect(abortReason(AbortSignal.abort(reason))).toBe(reason)
  }
})

test('a signal that keeps no reason gives an AbortError, and always the same one', () => {
  const controller = oldController()
  const heard: unknown[] = []
  onAbort(controller.signal, (reason) => heard.push(reason))
  controller.abort()
  expect(heard).toEqual([abortReason(controller.signal)])
  expect(heard[0]).toBeInstanceOf(DOMException)
  expect(heard[0]).toMatchObject({ name: 'AbortError' })
  expect(() => throwIfAborted(controller.signal)).toThrow(heard[0] as Error)
})

test('a controller that drops the reason it is given still ends with it', () => {
  const controller = oldController()
  const reason = new Error('enough')
  const heard: unknown[] = []
  onAbort(controller.signal, (why) => heard.push(why))
  abortWith(controller, reason)
  expect(heard).toEqual([reason])
  expect(abortReason(controller.signal)).toBe(reason)
})

test('what has not aborted throws nothing', () => {
  throwIfAborted(undefined)
  throwIfAborted(new AbortController().signal)
})
