import { RunApiClient } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { randomFaults } from './faults.mjs'
import { serve } from './shop.mjs'
import { tally } from './tally.mjs'

/** @import { Emulator } from 'runapi-video/testing' */
/** @import { Failure, Life, Order } from './shop.mjs' */

/**
 * @typedef {object} ChaosOptions
 * @property {number} seed
 * @property {number} creates
 * @property {number} waits how many of the orders are waited for
 * @property {number} [share] the share of requests that a fault strikes
 * @property {readonly number[]} [crashesAtMs] when the app's process dies, in virtual time; another one takes over
 * @property {boolean} [losesKeys] the app is careless with the keys of failed calls: to see that the tally notices
 */

// Orders come over ten minutes.
const OPENING_MS = 600_000
// Has no factor in common with the counts of orders: spreads them without randomness.
const SPREAD = 7_919

/**
 * Serves orders through faults and crashes on virtual time, then compares the app's books with the service's.
 * @param {ChaosOptions} options
 */
export const runChaos = async (options) => {
  const { seed, creates, waits, share = 0.3, crashesAtMs = [], losesKeys = false } = options
  const emulator = createEmulator({ seed, fault: randomFaults(share) })
  const { clock } = emulator
  for (let index = 0; index < creates; index++)
    emulator.next({
      outcome: index % 11 === 0 ? 'failed' : 'completed',
      takesMs: 30_000 + ((index * SPREAD) % 150_000),
    })
  const orders = Array.from(
    { length: creates },
    (_, number) => /** @type {Order} */ ({ number, prompt: `Order ${number}`, waits: number < waits }),
  )
  const arrivesAtMs = (/** @type {Order} */ { number }) =>
    ((number * SPREAD) % creates) * (OPENING_MS / creates)
  /** @type {Failure[]} */
  const failures = []

  for (const diesAtMs of [...crashesAtMs, Infinity]) {
    const { life, end } = beginLife(emulator, losesKeys, (failure) => failures.push(failure))
    const all = orders.map(async (order) => {
      await clock.sleep(arrivesAtMs(order) - clock.monotonic())
      if (!life.isOver()) await serve(order, life)
    })
    // Not awaited beyond its death: what is left of the process finds out when it wakes.
    await Promise.race([Promise.all(all), clock.sleep(diesAtMs - clock.monotonic())])
    end()
  }
  return tally(emulator, orders, failures)
}

/**
 * @param {Emulator} emulator
 * @param {boolean} losesKeys
 * @param {Life['onFailure']} onFailure
 */
const beginLife = ({ fetch, clock }, losesKeys, onFailure) => {
  let over = false
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch, clock, logLevel: 'off' })
  /** @type {Life} */
  const life = { runapi, clock, losesKeys, onFailure, isOver: () => over }
  const end = () => {
    over = true
    // What is under way may have arrived or not, as when a process dies; nothing follows.
    void runapi.close()
  }
  return { life, end }
}
