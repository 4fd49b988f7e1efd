/** @import { EmulatorOptions, Fault } from 'runapi-video/testing' */

/** @typedef {() => number} Random */

const SERVER_FAILURES = [500, 502, 503, 504, 455]

/** @type {readonly ((random: Random) => Fault)[]} */
const KINDS = [
  () => 'reset',
  () => 'lose-answer',
  () => 'stall',
  () => 'stall-body',
  () => 'cut-body',
  () => 'malformed',
  () => ({ body: '<html>502 Bad Gateway</html>', contentType: 'text/html', carryOut: true }),
  (random) => ({ status: pick(SERVER_FAILURES, random) }),
  // The worst answer of all: the task was bought, and a failure is reported.
  (random) => ({ status: pick(SERVER_FAILURES, random), carryOut: true }),
  (random) => ({ status: 429, retryAfter: 1 + Math.floor(random() * 5) }),
  () => ({ status: 429 }),
]

/** @type {<T>(list: readonly T[], random: Random) => T} */
const pick = (list, random) => /** @type {any} */ (list[Math.floor(random() * list.length)])

/**
 * Strikes this share of all requests, each kind of fault as often as the others.
 * @param {number} share
 * @returns {NonNullable<EmulatorOptions['fault']>}
 */
export const randomFaults =
  (share) =>
  ({ random }) =>
    random() < share ? pick(KINDS, random)(random) : undefined
