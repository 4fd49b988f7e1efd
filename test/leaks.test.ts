import { getEventListeners } from 'node:events'
import { RunApiClient, schedules } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
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
