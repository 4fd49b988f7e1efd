import { expect, test } from 'vitest'
import { parseWebhook } from '../../src/webhooks'
import { BODY } from './delivery'

test('an unsigned delivery is read without id and time', () => {
  const { taskId, task, ...rest } = parseWebhook(BODY)
  expect(taskId).toBe('tsk_abc123')
  expect(task).toMatchObject({ status: 'completed', costUsd: 0.5 })
  expect(rest).toEqual({})
  expect(parseWebhook(new TextEncoder().encode(BODY))).toMatchObject({
    taskId,
    task: { status: 'completed' },
  })
})

test('an unsigned body that holds no task is refused with why', () => {
  expect(() => parseWebhook('{')).toThrow('the body is not a RunAPI task: it is not a JSON object')
  expect(() => parseWebhook('{"status":"failed"}')).toThrow('it has no task id')
  expect(() => parseWebhook('{"id":"t"}')).toThrow('it has neither a status nor a result')
  expect(() => parseWebhook(JSON.parse(BODY))).toThrow('not a parsed object')
  expect(() => parseWebhook('x'.repeat(2 ** 20 + 1))).toThrow('larger than 1 MiB')
})

test('a result reader reads the result of an endpoint of your own', () => {
  const body = '{"id":"t","status":"completed","images":["a"]}'
  const { task } = parseWebhook(body, { result: (raw) => ({ images: raw.images as string[] }) })
  expect(task).toMatchObject({ images: ['a'] })
})
