import { expect, test } from 'vitest'
import { delays, done, engine, failure, going } from './engine'

test('as many failures in a row as are tolerated do not end the wait', async () => {
  const { target } = engine()
  const { wait } = target(failure(), failure(), done)
  expect(await wait({ maxFailures: 2 }).result).toMatchObject({ kind: 'reached', polls: 3 })
})

test('one failure more ends the wait with the last error', async () => {
  const { target } = engine()
  const last = new Error('the last')
  const { wait } = target(going, failure(), failure(), failure({ error: last }), done)
  expect(await wait({ maxFailures: 2 }).result).toMatchObject({
    kind: 'too many failures',
    error: last,
    polls: 4,
    lastState: 'going',
  })
})

test('a good poll starts the count of failures again', async () => {
  const { target } = engine()
  const { wait } = target(failure(), failure(), going, failure(), failure(), done)
  expect(await wait({ maxFailures: 2 }).result).toMatchObject({ kind: 'reached', polls: 6 })
})

test('a failure that is expected early on is polled past and not counted', async () => {
  const { target } = engine()
  const early = failure({ counts: false })
  const { wait } = target(early, early, early, done)
  expect(await wait({ maxFailures: 0 }).result).toMatchObject({ kind: 'reached', polls: 4 })
})

test('a refusal ends every wait at once', async () => {
  const { target } = engine()
  const error = new Error('no')
  const { polledAt, wait } = target(going, { kind: 'failure', label: 'no', error }, done)
  for (const result of await Promise.all([wait().result, wait().result]))
    expect(result).toMatchObject({ kind: 'failed', error, polls: 2, lastState: 'going' })
  expect(polledAt).toHaveLength(2)
})

test('a poll that throws does not leave its waits hanging', async () => {
  const { target } = engine()
  const error = new Error('a bug')
  const { wait } = target(() => Promise.reject(error))
  expect(await wait().result).toMatchObject({ kind: 'failed', error })
})

test('a timeout carries the last failure', async () => {
  const { target } = engine()
  const error = new Error('the last')
  const { wait } = target(going, failure({ error }))
  expect(await wait({ timeoutMs: 2_500 }).result).toMatchObject({ kind: 'timed out', error })
})

test('a wait whose look fails during a rate limit takes no turn before it wants to look again', async () => {
  const { rateLimiter, clock, slowly, target } = engine({ random: () => 0 })
  rateLimiter.onSuccess(0)
  const failing = target(slowly(200, failure()), done).wait({ schedule: delays(0, 5_000) }, 'failing')
  await clock.sleep(100)
  rateLimiter.onThrottled(100, 1_000)
  const { polledAt, wait } = target(done)
  await wait({ schedule: delays(400) }).result
  expect(polledAt).toEqual([1_100])
  expect(await failing.result).toMatchObject({ kind: 'reached', elapsedMs: 5_200 })
})
