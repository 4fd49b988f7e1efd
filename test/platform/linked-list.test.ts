import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLinkedList } from '../../src/platform/linked-list'

test('whatever is added and taken out, the rest comes in its order', () => {
  const step = fc.oneof(fc.constant('add'), fc.constant('shift'), fc.nat({ max: 20 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const list = createLinkedList<number>()
      const takeOuts: (() => boolean)[] = []
      const left: number[] = []
      for (const each of steps) {
        if (each === 'add') {
          left.push(takeOuts.length)
          takeOuts.push(list.add(takeOuts.length))
        } else if (each === 'shift') expect(list.shift()).toBe(left.shift())
        else if (typeof each === 'number' && takeOuts[each]) {
          const at = left.indexOf(each)
          expect(takeOuts[each]()).toBe(at !== -1)
          if (at !== -1) left.splice(at, 1)
        }
        expect(list.size).toBe(left.length)
      }
      for (const value of left) expect(list.shift()).toBe(value)
      expect(list.shift()).toBeUndefined()
    }),
  )
})

test('what has left a list of long life needs no full collection to be freed', () => {
  setFlagsFromString('--expose-gc')
  const gc: (options?: { type: 'minor' }) => void = runInNewContext('gc')
  const list = createLinkedList<number[]>()
  const pass = (): void => {
    list.add(new Array(100).fill(0.5))
    if (list.size > 50) list.shift()
  }
  // What lives long stands in another part of the heap, whose dead objects keep what they point to.
  for (let i = 0; i < 100; i++) pass()
  gc()
  gc()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 5_000; i++) pass()
  gc({ type: 'minor' })
  const keptBytes = process.memoryUsage().heapUsed - before
  // A Set keeps three in four of them.
  expect(keptBytes).toBeLessThan(1_000_000)
})
