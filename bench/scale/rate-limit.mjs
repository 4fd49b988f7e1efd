import { RunApiClient, schedules } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { seededRandom } from '../seeded-random.mjs'

const PROCESSES = 10
const WAITS = 100
const EVERY_MS = 5_000
const RETRY_AFTER_S = 5
const PER_SECOND = 100
const MINUTES = 2

/** A service that answers a number of requests in each second, and the rest with 429 and Retry-After. */
const limitedService = (/** @type {() => number} */ now) => {
  let second = -1
  let left = 0
  const counts = { answered: 0, refused: 0 }
  const ask = () => {
    if (Math.floor(now() / 1_000) !== second) {
      second = Math.floor(now() / 1_000)
      left = PER_SECOND
    }
    if (left-- > 0) {
      counts.answered++
      return true
    }
    counts.refused++
    return false
  }
  return { ask, counts }
}

/**
 * Many waits in several processes ask for twice what the service allows, on virtual time: with one rate limiter a client, and
 * with loops that each heed the Retry-After which they received themselves.
 */
export const waitsUnderARateLimit = async () => [
  { waits: 'loops that heed their own Retry-After', ...(await aloneInLoops()) },
  { waits: 'runapi-video, one rate limiter a client', ...(await throughClients()) },
]

const aloneInLoops = async () => {
  let now = 0
  const random = seededRandom(3)
  const { ask, counts } = limitedService(() => now)
  const due = Array.from({ length: PROCESSES * WAITS }, () => random() * EVERY_MS)
  for (; now < MINUTES * 60_000; now += 10) {
    for (const [i, at] of due.entries())
      if (at <= now) due[i] = now + (ask() ? EVERY_MS : RETRY_AFTER_S * 1_000)
  }
  return counts
}

const throughClients = async () => {
  const { clock } = createEmulator({ seed: 3 })
  const { ask, counts } = limitedService(() => clock.monotonic())
  const fetch = async () =>
    ask()
      ? new Response('{"status":"processing"}', { status: 200 })
      : new Response('{}', { status: 429, headers: { 'retry-after': String(RETRY_AFTER_S) } })
  const schedule = schedules.exponential({ initialMs: EVERY_MS, factor: 1, maxMs: EVERY_MS })
  const over = new AbortController()
  clock.sleep(MINUTES * 60_000).then(() => over.abort())
  await Promise.all(
    Array.from({ length: PROCESSES }, () => {
      const runapi = new RunApiClient({ apiKey: 'key', logLevel: 'off', fetch, clock })
      const first = () => clock.random?.() ?? 0
      return Promise.all(
        Array.from({ length: WAITS }, (_, i) =>
          runapi
            .task('luma.modifyVideo', `task-${i}`)
            .wait({
              schedule: (context) => (context.attempt === 0 ? first() * EVERY_MS : schedule(context)),
              signal: over.signal,
              maxPollFailures: Number.POSITIVE_INFINITY,
            })
            .catch(() => {}),
        ),
      )
    }),
  )
  return counts
}
