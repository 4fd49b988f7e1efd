import { afterEach, expect, test, vi } from 'vitest'
import { after, type Clock, pause, systemClock } from '../../src/platform/clock'
import { createVirtualTime } from '../../src/testing/time/virtual-time'

afterEach(() => {
  vi.useRealTimers()
})

const virtual = () => createVirtualTime(0, () => 0.5).clock

test('a delay runs once, after its time', async () => {
  const clock = virtual()
  const ranAt: number[] = []
  after(clock, 1_000, () => ranAt.push(clock.monotonic()))
  await clock.sleep(5_000)
  expect(ranAt).toEqual([1_000])
})

test('a cancelled delay never runs, also when its time has come in the same moment', async () => {
  const clock = virtual()
  const ran: string[] = []
  let cancelSecond = (): void => {}
  after(clock, 1_000, () => cancelSecond())
  cancelSecond = after(clock, 1_000, () => ran.push('second'))
  const cancelThird = after(clock, 2_000, () => ran.push('third'))
  cancelThird()
  cancelThird()
  await clock.sleep(5_000)
  expect(ran).toEqual([])
})

test('an endless delay sets no timer', async () => {
  const clock = virtual()
  const cancel = after(clock, Infinity, () => expect.unreachable())
  await clock.sleep(10)
  cancel()
})

test('a clock whose sleep fails counts as time that is up', async () => {
  const broken: Clock = { ...virtual(), sleep: () => Promise.reject(new Error('broken')) }
  await new Promise<void>((resolve) => void after(broken, 60_000, resolve))
})

test('the system clock sleeps longer than a timer of the runtime can count', async () => {
  vi.useFakeTimers()
  const month = 31 * 86_400_000
  let over = false
  systemClock.sleep(month).then(() => {
    over = true
  })
  await vi.advanceTimersByTimeAsync(month - 1)
  expect(over).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(over).toBe(true)
})

test('a sleep of the system clock ends at once with the reason of its signal, and leaves no timer', async () => {
  vi.useFakeTimers()
  const controller = new AbortController()
  const sleep = systemClock.sleep(60_000, controller.signal)
  controller.abort('enough')
  await expect(sleep).rejects.toBe('enough')
  expect(vi.getTimerCount()).toBe(0)
})

test('a pause under an aborted signal sets no timer', async () => {
  vi.useFakeTimers()
  await expect(pause(systemClock, 1_000, AbortSignal.abort('early'))).rejects.toBe('early')
  expect(vi.getTimerCount()).toBe(0)
})

test("the system clock's monotonic time does not follow the date", () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const before = systemClock.monotonic()
  vi.setSystemTime(0)
  expect(systemClock.now()).toBe(0)
  expect(systemClock.monotonic()).toBeGreaterThanOrEqual(before)
})
