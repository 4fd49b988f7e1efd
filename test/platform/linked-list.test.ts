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
