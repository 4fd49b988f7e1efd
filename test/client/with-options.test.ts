import { RunApiClient } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { completed, lumaBody, refused, rejection, reset, said, service, stall } from '../task/service'

test('a client of withOptions has the options of its parent, and its own above them', async () => {
  const { requests, fetch, clock } = createEmulator()
  const parent = new RunApiClient({ apiKey: 'test-key', fetch, clock, headers: { 'x-a': '1' } })
  const child = parent.withOptions({ headers: { 'x-b': '2' } })
  const grandchild = child.withOptions({ timeoutMs: 1_000, headers: undefined })
  for (const runapi of [parent, child, grandchild]) await runapi.luma.modifyVideo(lumaBody)
  expect(requests.map(({ headers }) => [headers['x-a'], headers['x-b']])).toEqual([
    ['1', undefined],
    [undefined, '2'],
    [undefined, '2'],
  ])
})

test('a client of withOptions shares the limit of requests in flight', async () => {
  const { runapi, clock, urls } = service([stall], { maxConnections: 1 })
  const child = runapi.withOptions({ timeoutMs: 5_000, maxRetries: 0 })
  const first = rejection(child.task('luma.modifyVideo', 'a').poll())
  const second = rejection(runapi.task('luma.modifyVideo', 'b').poll())
  await clock.sleep(1_000)
  expect(urls).toHaveLength(1)
  expect(await first).toMatchObject({ code: 'request_timeout' })
  await runapi.close()
  expect(await second).toMatchObject({ code: 'client_closed' })
})

test('a client of withOptions shares the limit of polls in flight', async () => {
  const { runapi, clock, urls } = service([stall], { maxConcurrentPolls: 1 })
  const child = runapi.withOptions({ timeoutMs: 90_000 })
  const polls = [runapi, child].map((client) => rejection(client.task('luma.modifyVideo', 'a').poll()))
  await clock.sleep(1_000)
  expect(urls).toHaveLength(1)
  await child.close()
  await Promise.all(polls)
})

test('a client of withOptions shares the rate limit', async () => {
  const { runapi, clock, polledAt } = service([refused(429, { 'retry-after': '30' }), completed])
  const hit = runapi.task('luma.modifyVideo', 'a').wait()
  await clock.sleep(1_000)
  await runapi.withOptions({ timeoutMs: 5_000 }).task('luma.modifyVideo', 'b').wait()
  await hit
  expect(polledAt[1]).toBeGreaterThanOrEqual(30_000)
})

test('a client of withOptions shares the retry budget', async () => {
  const { runapi, polledAt } = service([reset])
  const child = runapi.withOptions({ maxRetries: 1_000 })
  await rejection(child.task('luma.modifyVideo', 'a').poll())
  const spent = polledAt.length
  expect(spent).toBeGreaterThan(50)
  await rejection(runapi.task('luma.modifyVideo', 'b').poll())
  expect(polledAt.length).toBe(spent + 1)
})

test.each(['clock', 'maxConnections', 'maxConcurrentPolls'])(
  'withOptions refuses %s, which is shared',
  (name) => {
    const runapi = new RunApiClient()
    expect(() => runapi.withOptions({ [name]: 4 })).toThrow(new RegExp(`^${name}: `))
  },
)

test('a client of withOptions is closed with its parent', async () => {
  const { runapi } = service([said('processing')])
  const child = runapi.withOptions({ timeoutMs: 5_000 })
  await runapi.close()
  expect(await rejection(child.luma.modifyVideo(lumaBody))).toMatchObject({ code: 'client_closed' })
})

test('a client of withOptions knows the endpoints that were given to its parent', () => {
  const runapi = new RunApiClient()
  const params = {
    '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
  } as const
  runapi.endpoint({ name: 'a.b', path: '/api/v1/a/b', params })
  expect(runapi.withOptions({ timeoutMs: 1 }).task('a.b', 'x').endpoint).toBe('a.b')
})
