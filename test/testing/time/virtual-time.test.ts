import { createEmulator } from 'runapi-video/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { get, LUMA, lumaBody, post } from '../wire'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const macrotask = () => new Promise<void>((resolve) => setImmediate(resolve))

test('begins at a fixed date and jumps to the end of a sleep', async () => {
  const { clock } = createEmulator()
  expect(new Date(clock.now()).toISOString()).toBe('2026-01-01T00:00:00.000Z')
  expect(clock.monotonic()).toBe(0)
  const begun = performance.now()
  await clock.sleep(3_600_000)
  expect(clock.monotonic()).toBe(3_600_000)
  expect(new Date(clock.now()).toISOString()).toBe('2026-01-01T01:00:00.000Z')
  expect(performance.now() - begun).toBeLessThan(1_000)
})

test('begins where it is told to', () => {
  const { clock } = createEmulator({ startsAt: '2030-05-06T07:08:09.000Z' })
  expect(new Date(clock.now()).toISOString()).toBe('2030-05-06T07:08:09.000Z')
})

test('wakes sleepers in order of time, and at equal times in order of registration', async () => {
  const { clock } = createEmulator()
  const woken: string[] = []
  const sleeper = async (name: string, ms: number) => {
    await clock.sleep(ms)
    woken.push(`${name}@${clock.monotonic()}`)
  }
  await Promise.all([
    sleeper('c', 30),
    sleeper('a', 10),
    sleeper('b1', 20),
    sleeper('b2', 20),
    sleeper('b3', 20),
  ])
  expect(woken).toEqual(['a@10', 'b1@20', 'b2@20', 'b3@20', 'c@30'])
})

test('lets a woken one act before the next wakes', async () => {
  const { clock } = createEmulator()
  const woken: string[] = []
  const early = async () => {
    await clock.sleep(10)
    for (let turns = 0; turns < 3; turns += 1) await macrotask()
    await clock.sleep(5)
    woken.push('early')
  }
  const late = async () => {
    await clock.sleep(16)
    woken.push('late')
  }
  await Promise.all([early(), late()])
  expect(woken).toEqual(['early', 'late'])
  expect(clock.monotonic()).toBe(16)
})

test('hundreds of sleepers give the same run every time', async () => {
  const run = async () => {
    const { clock } = createEmulator()
    const log: string[] = []
    const sleeper = async (index: number) => {
      for (let round = 0; round < 4; round += 1) {
        await clock.sleep(((index * 37) % 50) + round)
        log.push(`${index}@${clock.monotonic()}`)
      }
    }
    await Promise.all(Array.from({ length: 400 }, (_, index) => sleeper(index)))
    return log
  }
  const first = await run()
  expect(first).toHaveLength(1_600)
  const times = first.map((entry) => Number(entry.split('@')[1]))
  expect(times).toEqual([...times].sort((a, b) => a - b))
  expect(await run()).toEqual(first)
})

test('a sleep ends with its signal, at once, and leaves time where it is', async () => {
  const { clock } = createEmulator()
  const controller = new AbortController()
  const asleep = clock.sleep(1_000, controller.signal)
  controller.abort('enough')
  await expect(asleep).rejects.toBe('enough')
  await expect(clock.sleep(1, AbortSignal.abort('before'))).rejects.toBe('before')
  for (let turns = 0; turns < 30; turns += 1) await macrotask()
  expect(clock.monotonic()).toBe(0)
})

test('an aborted sleep among equals takes nobody else with it', async () => {
  const { clock } = createEmulator()
  const controller = new AbortController()
  const first = clock.sleep(10)
  const second = clock.sleep(10, controller.signal)
  const third = clock.sleep(10)
  controller.abort('enough')
  await expect(second).rejects.toBe('enough')
  await Promise.all([first, third])
  expect(clock.monotonic()).toBe(10)
})

test('an endless sleep moves nothing', async () => {
  const { clock } = createEmulator()
  const controller = new AbortController()
  const endless = clock.sleep(Infinity, controller.signal)
  await clock.sleep(5)
  expect(clock.monotonic()).toBe(5)
  controller.abort('enough')
  await expect(endless).rejects.toBe('enough')
})

test('stands still while a request is being answered', async () => {
  const emulator = createEmulator()
  const { clock } = emulator
  let send: ((chunk: Uint8Array) => void) | undefined
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      send = (chunk) => {
        controller.enqueue(chunk)
        controller.close()
      }
    },
  })
  const init = { ...post(lumaBody), body, duplex: 'half' } as RequestInit
  const answered = emulator.fetch(LUMA, init)
  const asleep = clock.sleep(1_000)
  for (let turns = 0; turns < 50; turns += 1) await macrotask()
  expect(clock.monotonic()).toBe(0)
  send?.(new TextEncoder().encode(JSON.stringify(lumaBody)))
  expect((await answered).status).toBe(200)
  await asleep
  expect(clock.monotonic()).toBe(1_000)
})

test('a client’s timeout ends a request that stalls', async () => {
  const emulator = createEmulator({ fault: () => 'stall' })
  const { clock } = emulator
  const controller = new AbortController()
  const timeout = clock.sleep(60_000).then(() => controller.abort('timed out'))
  await expect(emulator.fetch(LUMA, { ...get, signal: controller.signal })).rejects.toBe('timed out')
  await timeout
  expect(clock.monotonic()).toBe(60_000)
})

test('passes while fake timers are installed', async () => {
  vi.useFakeTimers()
  const emulator = createEmulator()
  const { clock } = emulator
  emulator.next({ id: 'tsk_abc123' })
  await emulator.fetch(LUMA, post(lumaBody))
  await clock.sleep(62_000)
  expect((await (await emulator.fetch(`${LUMA}/tsk_abc123`, get)).json()).status).toBe('completed')
})

test('passes when fake timers were there first', async () => {
  vi.useFakeTimers()
  vi.resetModules()
  const { createEmulator: createLate } = await import('runapi-video/testing')
  const { clock } = createLate()
  await clock.sleep(62_000)
  await clock.sleep(1_000)
  expect(clock.monotonic()).toBe(63_000)
})

test('passes where there is neither setImmediate nor MessageChannel', async () => {
  vi.stubGlobal('setImmediate', undefined)
  vi.stubGlobal('MessageChannel', undefined)
  vi.resetModules()
  const { createEmulator: createBare } = await import('runapi-video/testing')
  const { clock } = createBare()
  await clock.sleep(62_000)
  expect(clock.monotonic()).toBe(62_000)
})

test('without the virtual clock tasks take real time', async () => {
  const emulator = createEmulator({ takesMs: 200 })
  await emulator.fetch(LUMA, post(lumaBody))
  expect(emulator.tasks[0]?.status).not.toBe('completed')
  await vi.waitFor(() => expect(emulator.tasks[0]?.status).toBe('completed'))
  expect(Math.abs((emulator.requests[0]?.atMs ?? 0) - Date.now())).toBeLessThan(60_000)
})

test('the clock must be taken before the first request', async () => {
  const emulator = createEmulator()
  await emulator.fetch(LUMA, post(lumaBody))
  expect(() => emulator.clock).toThrow('before the first request')
})
