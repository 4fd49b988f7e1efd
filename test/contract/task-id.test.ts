import { expect, test } from 'vitest'
import { readTaskId } from '../../src/contract/task-id'

test('the id is read from id, task_id, data.id and data.task_id, in this order', () => {
  const data = { id: 'c', task_id: 'd' }
  expect(readTaskId({ id: 'a', task_id: 'b', data })).toBe('a')
  expect(readTaskId({ task_id: 'b', data })).toBe('b')
  expect(readTaskId({ data })).toBe('c')
  expect(readTaskId({ data: { task_id: 'd' } })).toBe('d')
})

test('a blank or mistyped field is passed over', () => {
  for (const id of ['', '  ', null, undefined, true, {}, ['a'], 1.5, Number.NaN, 2 ** 53])
    expect(readTaskId({ id, task_id: 'b' })).toBe('b')
})

test('an integer id becomes text', () => {
  expect(readTaskId({ id: 42 })).toBe('42')
})

test('what holds no id of its own gives undefined', () => {
  for (const body of [
    undefined,
    null,
    'id',
    7,
    [],
    {},
    { data: null },
    { data: 'id' },
    Object.create({ id: 'a' }),
  ])
    expect(readTaskId(body)).toBeUndefined()
})
