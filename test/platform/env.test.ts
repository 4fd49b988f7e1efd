import { RunApiClient } from 'runapi-video'
import { afterEach, expect, test, vi } from 'vitest'
import { sharesPromises } from '../../src/platform/env'
import { completed, lumaBody, service } from '../task/service'

afterEach(() => vi.unstubAllGlobals())

const workers: [name: string, globals: Record<string, unknown>][] = [
  ['workerd', { navigator: { userAgent: 'Cloudflare-Workers' } }],
  ['an older workerd', { WebSocketPair: class {} }],
  ["Vercel's edge", { EdgeRuntime: 'vercel' }],
  ['a runtime that is not known', { process: undefined }],
]

test.each(workers)('%s shares no promises between requests, however it was bundled', (_name, globals) => {
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
  expect(sharesPromises()).toBe(false)
})

test.each([
  ['Node', {}],
  ['Bun', { process: undefined, Bun: {} }],
  ['Deno', { process: undefined, Deno: {} }],
  ['a browser', { process: undefined, navigator: { userAgent: 'Mozilla/5.0' } }],
])('%s shares promises', (_name, globals) => {
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
  expect(sharesPromises()).toBe(true)
})

test('in a Worker each wait polls for itself, and a webhook settles none', async () => {
  vi.stubGlobal('WebSocketPair', class {})
  const { runapi, polledAt } = service([completed])
  const task = await runapi.luma.modifyVideo(lumaBody)
  const waits = [task.wait(), runapi.task(task).wait()]
  expect(runapi).toBeInstanceOf(RunApiClient)
  await Promise.all(waits)
  expect(polledAt).toHaveLength(2)
})
