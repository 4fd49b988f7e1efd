import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { RunApiClient, schedules } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { createLinkedList } from '../src/platform/linked-list'
import { params } from './support/scripted-fetch'

test('a thousand calls of every kind on one long-lived signal leave no listener', async () => {
  const { fetch, clock } = createEmulator({
    takesMs: 10_000,
    fault: ({ index }) => (index % 7 === 6 ? 'reset' : 'ok'),
  })
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch, clock, logLevel: 'off' })
  const { signal } = new AbortController()
  const patient = { signal, schedule: schedules.fixed(15_000) }
  const fourCalls = async () => {
    const task = await runapi.luma.modifyVideo(params, { signal })
    await task.poll({ signal })
    for await (const { status } of task.updates(patient)) if (status === 'completed') break
    await runapi.task(task).wait(patient)
  }
  await Promise.all(Array.from({ length: 250 }, fourCalls))
  expect(getEventListeners(signal, 'abort')).toEqual([])
}, 60_000)

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
  const keptBytes = (): number => {
    gc()
    gc()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 5_000; i++) pass()
    gc({ type: 'minor' })
    return process.memoryUsage().heapUsed - before
  }
  // A Set keeps three in four of them.
  expect(Math.min(keptBytes(), keptBytes(), keptBytes())).toBeLessThan(1_000_000)
})
