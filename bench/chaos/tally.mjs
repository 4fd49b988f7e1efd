/** @import { EmulatedTask, Emulator } from 'runapi-video/testing' */
/** @import { Failure, Order } from './shop.mjs' */

/**
 * Compares the app's books with the service's.
 * @param {Emulator} emulator
 * @param {readonly Order[]} orders
 * @param {readonly Failure[]} failures
 */
export const tally = ({ tasks, requests, clock }, orders, failures) => {
  /** @type {Map<string, EmulatedTask[]>} */
  const boughtFor = new Map(orders.map(({ prompt }) => [prompt, []]))
  for (const task of tasks) boughtFor.get(String(task.params.prompt))?.push(task)
  /** The tasks of an order's prompt, whatever the app knows of them. */
  const bought = (/** @type {Order} */ { prompt }) => boughtFor.get(prompt) ?? []
  const count = (/** @type {(order: Order) => boolean} */ holds) => orders.filter(holds).length

  const succeeded = orders.filter(({ handle }) => handle !== undefined)
  const boughtBySuccess = succeeded.reduce((sum, order) => sum + bought(order).length, 0)
  return {
    requests: requests.length,
    virtualMs: clock.monotonic(),
    callsThatSucceeded: succeeded.length,
    callsThatDidNot: orders.length - succeeded.length,
    boughtPerSuccess: boughtBySuccess / succeeded.length,
    waitsThatEnded: count(({ waits, end }) => waits && end !== undefined),
    waitsThatDidNot: count(({ waits, end }) => waits && end === undefined),
    /** Tasks that were paid for and to which neither a handle nor a key in the app's books leads. */
    lostHandles: tasks.filter((task) => !orders.some((order) => leadsTo(order, task))).length,
    duplicates: tasks.length - count((order) => bought(order).length > 0),
    wrongEnds: count((order) => order.end !== undefined && !isRightEnd(order, bought(order)[0])),
    failures: failures.length,
    failuresWithKeyOrHandle: failures.filter(({ hasKey, hasHandle }) => hasKey || hasHandle).length,
    failuresByCode: countBy(failures.map(({ code }) => code)),
  }
}

/** @typedef {ReturnType<typeof tally>} Tally */

/** Whether every call was paid for exactly once, and nothing got lost. */
export const isExact = (/** @type {Tally} */ books) =>
  books.boughtPerSuccess === 1 &&
  books.callsThatDidNot === 0 &&
  books.waitsThatDidNot === 0 &&
  books.lostHandles === 0 &&
  books.duplicates === 0 &&
  books.wrongEnds === 0 &&
  books.failuresWithKeyOrHandle === books.failures

/**
 * @param {Order} order
 * @param {EmulatedTask} task
 */
const leadsTo = ({ handle, key }, { id, idempotencyKey }) =>
  handle === undefined ? key === idempotencyKey : JSON.parse(handle).id === id

/**
 * @param {Order} order
 * @param {EmulatedTask | undefined} task
 */
const isRightEnd = ({ end, url }, task) =>
  task !== undefined && task.status === end && (end === 'failed' || url?.includes(`/${task.id}.mp4`) === true)

const countBy = (/** @type {readonly string[]} */ words) => {
  /** @type {Record<string, number>} */
  const counts = {}
  for (const word of [...words].sort()) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
