import { getEventListeners } from 'node:events'
import { RunApiClient, schedules } from 'runapi-video'
import { expect, onTestFinished, test } from 'vitest'
import { pendingTimers } from './pending-timers'
import {
  completed,
  failed,
  lumaBody,
  refused,
  rejection,
  reset,
  type Step,
  said,
  service,
  stall,
} from './service'

// On the system's clock: real timers are what could be left.
const realTime = (script: readonly Step[]) => {
  let polls = 0
  const fetch = async (_input: unknown, init?: RequestInit): Promise<Response> => {
    if (init?.method === 'POST')
      return new Response(JSON.stringify({ task_id: 'tsk_abc123', status: 'pending' }))
    const step = script[Math.min(polls++, script.length - 1)] as Step
    return step(init?.signal as AbortSignal)
  }
  return new RunApiClient({ apiKey: 'test-key', fetch: fetch as typeof globalThis.fetch, logLevel: 'off' })
}
const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length
const fast = { schedule: schedules.fixed(3) }

test.each<[string, Step[], { timeoutMs?: number }]>([
  ['that completed', [said('processing'), completed], {}],
  ['whose task failed', [failed], {}],
  ['that timed out in a sleep', [said('processing')], { timeoutMs: 15 }],
  ['that timed out with a request in flight', [stall], { timeoutMs: 15 }],
  ['that the service refused', [refused(401)], {}],
  ['that failed too often', [reset], {}],
])('a wait %s leaves no timer and no listener', async (_name, script, options) => {
  const timers = pendingTimers()
  const runapi = realTime(script)
  const { signal } = new AbortController()
  const task = await runapi.luma.modifyVideo(lumaBody, { signal })
  await task.wait({ ...fast, ...options, signal }).catch(() => {})
  expect(timers.size).toBe(0)
  expect(listeners(signal)).toBe(0)
})

test.each<[string, Step[]]>([
  ['in a sleep', [said('processing')]],
  ['with a request in flight', [stall]],
])('a wait that was aborted %s leaves no timer and no listener', async (_name, script) => {
  const timers = pendingTimers()
  const controller = new AbortController()
  const task = await realTime(script).luma.modifyVideo(lumaBody)
  const wait = rejection(task.wait({ schedule: schedules.fixed(1), signal: controller.signal }))
  await new Promise((resolve) => setTimeout(resolve, 10))
  controller.abort('enough')
  expect(await wait).toBe('enough')
  expect(timers.size).toBe(0)
  expect(listeners(controller.signal)).toBe(0)
})

test('a poll leaves no timer and no listener', async () => {
  const timers = pendingTimers()
  const { signal } = new AbortController()
  const task = await realTime([completed]).luma.modifyVideo(lumaBody)
  await task.poll({ signal })
  expect(timers.size).toBe(0)
  expect(listeners(signal)).toBe(0)
})

test('a parked wait is one timer, which keeps the process alive', async () => {
  const timers = pendingTimers()
  const controller = new AbortController()
  const task = await realTime([completed]).luma.modifyVideo(lumaBody)
  const wait = rejection(task.wait({ signal: controller.signal }))
  await new Promise((resolve) => setImmediate(resolve))
  expect([...timers].map((timer) => timer.hasRef())).toEqual([true])
  controller.abort('enough')
  await wait
  expect(timers.size).toBe(0)
})

test('a thousand waits on one signal cause no listener warning', async () => {
  const warnings: Error[] = []
  const note = (warning: Error): void => void warnings.push(warning)
  process.on('warning', note)
  onTestFinished(() => void process.off('warning', note))
  const { create, runapi, clock } = service([said('processing')])
  const controller = new AbortController()
  const ref = (await create()).toJSON()
  const waits = Array.from({ length: 1_000 }, (_, index) =>
    rejection(runapi.task({ ...ref, id: `tsk_${index}` }).wait({ signal: controller.signal })),
  )
  await clock.sleep(100)
  expect(listeners(controller.signal)).toBe(1)
  controller.abort('enough')
  expect(new Set(await Promise.all(waits))).toEqual(new Set(['enough']))
  expect(listeners(controller.signal)).toBe(0)
  expect(warnings).toEqual([])
})
