import { expect, test } from 'vitest'
import { delays, done, engine, going, stumble } from './engine'

test('as many failures in a row as are tolerated do not end the wait', async () => {
  const { watched } = engine()
  const { wait } = watched(stumble(), stumble(), done)
  expect(await wait({ maxFailures: 2 }).ending).toMatchObject({ kind: 'reached', polls: 3 })
})

test('one failure more ends the wait with the last error', async () => {
  const { watched } = engine()
  const last = new Error('the last')
  const { wait } = watched(going, stumble(), stumble(), stumble({ error: last }), done)
  expect(await wait({ maxFailures: 2 }).ending).toMatchObject({
    kind: 'stumbled',
    error: last,
    polls: 4,
    lastState: 'going',
  })
})

test('a good look starts the count of failures again', async () => {
  const { watched } = engine()
  const { wait } = watched(stumble(), stumble(), going, stumble(), stumble(), done)
  expect(await wait({ maxFailures: 2 }).ending).toMatchObject({ kind: 'reached', polls: 6 })
})

test('a failure that is expected early on is polled past and not counted', async () => {
  const { watched } = engine()
  const early = stumble({ counts: false })
  const { wait } = watched(early, early, early, done)
  expect(await wait({ maxFailures: 0 }).ending).toMatchObject({ kind: 'reached', polls: 4 })
})

test('a refusal ends every wait at once', async () => {
  const { watched } = engine()
  const error = new Error('no')
  const { lookedAt, wait } = watched(going, { kind: 'refusal', error }, done)
  for (const ending of await Promise.all([wait().ending, wait().ending]))
    expect(ending).toMatchObject({ kind: 'refused', error, polls: 2, lastState: 'going' })
  expect(lookedAt).toHaveLength(2)
})

test('a look that throws does not leave its waits hanging', async () => {
  const { watched } = engine()
  const error = new Error('a bug')
  const { wait } = watched(() => Promise.reject(error))
  expect(await wait().ending).toMatchObject({ kind: 'refused', error })
})

test('a timeout carries the last failure', async () => {
  const { watched } = engine()
  const error = new Error('the last')
  const { wait } = watched(going, stumble({ error }))
  expect(await wait({ timeoutMs: 2_500 }).ending).toMatchObject({ kind: 'timed out', error })
})

test('a wait whose look fails during a rate limit takes no turn before it wants to look again', async () => {
  const { brake, clock, slowly, watched } = engine({ random: () => 0 })
  brake.ease(0)
  const failing = watched(slowly(200, stumble()), done).wait({ schedule: delays(0, 5_000) }, 'failing')
  await clock.sleep(100)
  brake.press(100, 1_000)
  const { lookedAt, wait } = watched(done)
  await wait({ schedule: delays(400) }).ending
  expect(lookedAt).toEqual([1_100])
  expect(await failing.ending).toMatchObject({ kind: 'reached', elapsedMs: 5_200 })
})
