import { RunApiClient } from 'runapi-video'

const CALLS = 1_000

/** How many requests the calls of one process make while the service answers nothing but 503. */
export const callsInAnOutage = async () => {
  let requests = 0
  const runapi = new RunApiClient({
    apiKey: 'key',
    logLevel: 'off',
    fetch: async () => {
      requests++
      return new Response('{}', { status: 503 })
    },
    clock: { now: Date.now, monotonic: () => performance.now(), sleep: sleepNot },
  })
  for (let i = 0; i < CALLS; i++) await runapi.account.balance().catch(() => {})
  return { calls: CALLS, requests, withoutBudget: CALLS * 3 }
}

// Pauses pass at once and time limits never come: a sleep with a signal is a time limit until the signal says otherwise.
const sleepNot = (/** @type {number} */ ms, /** @type {AbortSignal | undefined} */ signal) =>
  new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
    if (ms < 10_000) resolve()
  })
