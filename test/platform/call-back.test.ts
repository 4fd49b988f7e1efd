import { expect, test } from 'vitest'
import { guarded } from '../../src/platform/call-back'
import { createLog } from '../../src/platform/log'

const collect = () => {
  const lines: string[] = []
  const note = (line: string): void => void lines.push(line)
  return { lines, log: createLog({ debug: note, info: note, warn: note, error: note }, () => 'error') }
}

const unreadable = Object.create(Error.prototype, {
  message: {
    get: () => {
      throw new Error('no')
    },
  },
})

test.each([
  [new TypeError('no such column'), 'TypeError: no such column'],
  ['a secret text', 'string'],
  [undefined, 'undefined'],
  [null, 'object'],
  [Symbol('s'), 'symbol'],
  [unreadable, 'something that cannot be read'],
])('what a callback throws or rejects with is logged in words: %#', async (thrown, words) => {
  const { lines, log } = collect()
  const guard = { name: 'onUpdate', log, otherwise: 'the wait goes on', fields: { taskId: 'tsk_1' } }
  const throws = (): never => {
    throw thrown
  }
  guarded(throws, guard)()
  guarded(async () => throws(), guard)()
  await new Promise((resolve) => setTimeout(resolve, 0))
  const line = `runapi-video: onUpdate threw; the wait goes on (taskId: tsk_1, error: ${words})`
  expect(lines).toEqual([line, line])
})

test('a callback gets its arguments, and what it returns goes nowhere', () => {
  const { lines, log } = collect()
  const seen: unknown[] = []
  const add = (a: number, b: string): number => seen.push(a, b)
  expect(guarded(add, { name: 'add', log, otherwise: 'all goes on' })(1, 'two')).toBeUndefined()
  expect(seen).toEqual([1, 'two'])
  expect(lines).toEqual([])
})
