import { createEmulator, type EmulatorOptions } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { get, hailuoBody, LUMA, lumaBody, post, TEXT_TO_VIDEO } from './wire'

const emulated = (options: EmulatorOptions = {}) => {
  const emulator = createEmulator(options)
  const { clock } = emulator
  const buy = (key?: string, body: object = hailuoBody) =>
    emulator.fetch(TEXT_TO_VIDEO, post(body, key === undefined ? {} : { 'idempotency-key': key }))
  return { emulator, clock, buy }
}

test('adds up what the tasks cost, and failed ones cost nothing', async () => {
  const { emulator, clock, buy } = emulated()
  await emulator.fetch(LUMA, post(lumaBody))
  emulator.next({ outcome: 'failed', takesMs: 1_000 })
  await buy()
  expect(emulator.spentCents).toBe(107)
  await clock.sleep(1_000)
  expect(emulator.spentCents).toBe(50)
})

test('the same thing bought with another key is bought twice', async () => {
  const { emulator, buy } = emulated()
  emulator.next({ id: 'tsk_1' })
  emulator.next({ id: 'tsk_2' })
  await buy('order-1')
  expect(() => emulator.assertNothingBoughtTwice()).not.toThrow()
  await buy()
  expect(() => emulator.assertNothingBoughtTwice()).toThrow(
    `The same thing was bought more than once:
  hailuo.textToVideo, 2 times for 57 cents each: tsk_1 (key order-1), tsk_2 (no key)
A call that is repeated must carry the idempotency key of the first one; store the key before you call.`,
  )
})

test('a replay, another prompt, another account and a new try after a failure are no second purchase', async () => {
  const { emulator, clock, buy } = emulated({ apiKey: ['test-key', 'theirs'] })
  emulator.next({ outcome: 'failed', takesMs: 1_000 })
  await buy('order-1')
  await clock.sleep(1_000)
  await buy('order-1-again')
  await buy('order-1-again')
  await buy('order-2', { ...hailuoBody, prompt: 'Snow' })
  await emulator.fetch(TEXT_TO_VIDEO, post(hailuoBody, { authorization: 'Bearer theirs' }))
  expect(emulator.tasks).toHaveLength(4)
  expect(() => emulator.assertNothingBoughtTwice()).not.toThrow()
})

test('repeats that are meant can be left out', async () => {
  const { emulator, buy } = emulated()
  await buy('take-1')
  await buy('take-2')
  const intended = ({ idempotencyKey = '' }) => idempotencyKey.startsWith('take-')
  expect(() => emulator.assertNothingBoughtTwice({ intended })).not.toThrow()
  expect(() => emulator.assertNothingBoughtTwice({ intended: () => false })).toThrow('take-2')
})

test('a task is unfinished until a status answer has told its end', async () => {
  const { emulator, clock, buy } = emulated()
  emulator.next({ id: 'tsk_abc123', takesMs: 60_000, faults: { status: ['ok', 'lose-answer', 'malformed'] } })
  await buy()
  const poll = () => emulator.fetch(`${TEXT_TO_VIDEO}/tsk_abc123`, get).catch(() => {})
  const ids = () => emulator.unfinished.map(({ id }) => id)
  await poll()
  expect(ids()).toEqual(['tsk_abc123'])
  await clock.sleep(60_000)
  await poll()
  await poll()
  expect(ids()).toEqual(['tsk_abc123'])
  await poll()
  expect(ids()).toEqual([])
})

test('a status answer that a fault of the whole emulator has struck tells no end', async () => {
  const { emulator, buy } = emulated({
    takesMs: 0,
    fault: ({ index }) => (index === 1 ? 'lose-answer' : undefined),
  })
  await buy()
  const { id } = emulator.tasks[0] ?? {}
  await emulator.fetch(`${TEXT_TO_VIDEO}/${id}`, get).catch(() => {})
  expect(emulator.unfinished).toHaveLength(1)
  await emulator.fetch(`${TEXT_TO_VIDEO}/${id}`, get)
  expect(emulator.unfinished).toHaveLength(0)
})

test('a task is unfinished until a webhook has been accepted', async () => {
  const statuses = [500, 204]
  const { emulator, clock, buy } = emulated({
    takesMs: 60_000,
    deliver: () => new Response(null, { status: statuses.shift() ?? 204 }),
  })
  await buy('order-1', { ...hailuoBody, callback_url: 'https://app.example.com/hook' })
  await clock.sleep(60_000)
  expect(emulator.unfinished).toHaveLength(1)
  await clock.sleep(5_000)
  expect(emulator.unfinished).toHaveLength(0)
})
