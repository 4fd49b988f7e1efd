import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import {
  createExpiringSemaphore,
  createSemaphore,
  type Release,
  type Semaphore,
} from '../../src/limits/semaphore'
import { createVirtualTime } from '../../src/testing/time/virtual-time'

const { signal } = new AbortController()

const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let over = false
  promise.then(
    () => (over = true),
    () => (over = true),
  )
  await new Promise((resolve) => setImmediate(resolve))
  return over
}

const gates: [name: string, make: (limit: number) => Semaphore][] = [
  ['a queue', createSemaphore],
  [
    'an expiring gate',
    (limit) => createExpiringSemaphore(limit, createVirtualTime(0, () => 0.5).clock, () => 0.5),
  ],
]

test.each(gates)('%s lets no more in than its limit', async (_name, make) => {
  const gate = make(3)
  let inside = 0
  let most = 0
  const visit = async (): Promise<void> => {
    const leave = await gate.acquire(signal, 60_000)
    most = Math.max(most, ++inside)
    await new Promise((resolve) => setImmediate(resolve))
    inside--
    leave()
  }
  await Promise.all(Array.from({ length: 10 }, visit))
  expect(most).toBe(3)
})

test.each(gates)(
  '%s rejects who gives up with their own reason, and keeps their place for others',
  async (_name, make) => {
    const gate = make(1)
    const leave = await gate.acquire(signal, 60_000)
    const controller = new AbortController()
    const given = gate.acquire(controller.signal, 60_000)
    const next = gate.acquire(signal, 60_000)
    controller.abort('enough')
    await expect(given).rejects.toBe('enough')
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    leave()
    await next
  },
)

test.each(gates)('%s lets nobody in under an aborted signal', async (_name, make) => {
  const gate = make(1)
  await expect(gate.acquire(AbortSignal.abort('early'), 60_000)).rejects.toBe('early')
  await gate.acquire(signal, 60_000)
})

test.each(gates)('leaving %s twice frees one place', async (_name, make) => {
  const gate = make(1)
  const leave = await gate.acquire(signal, Infinity)
  leave()
  leave()
  await gate.acquire(signal, Infinity)
  expect(await settled(Promise.resolve(gate.acquire(signal, Infinity)))).toBe(false)
})

test('a queue serves who came first', async () => {
  const gate = createSemaphore(1)
  const order: number[] = []
  const visit = async (name: number): Promise<void> => {
    const leave: Release = await gate.acquire(signal, 60_000)
    order.push(name)
    leave()
  }
  await Promise.all([1, 2, 3, 4].map(visit))
  expect(order).toEqual([1, 2, 3, 4])
})

test('a queue leaves no listener on the signals of those it let in', async () => {
  const gate = createSemaphore(1)
  const own = new AbortController().signal
  const leave = await gate.acquire(own, 60_000)
  const second = gate.acquire(own, 60_000)
  leave()
  ;(await second)()
  expect(getEventListeners(own, 'abort')).toHaveLength(0)
})

test.each(gates)('%s gives a queued start its permit when one comes back', async (_name, make) => {
  const gate = make(1)
  const releases: Release[] = []
  gate.enqueue(60_000, (release) => releases.push(release))
  expect(releases).toHaveLength(1)
  const leave = gate.enqueue(60_000, (release) => releases.push(release))
  leave()
  releases[0]?.()
  expect(releases).toHaveLength(1)
  gate.enqueue(60_000, (release) => releases.push(release))
  expect(releases).toHaveLength(2)
})

test('a queue of any length empties although each start gives its permit back at once', async () => {
  const gate = createSemaphore(1)
  const release = await gate.acquire(signal, 60_000)
  let started = 0
  for (let i = 0; i < 100_000; i++) {
    gate.enqueue(60_000, (giveBack) => {
      started++
      giveBack()
    })
  }
  release()
  expect(started).toBe(100_000)
  await gate.acquire(signal, 60_000)
})
