// Buys and waits through random faults, and tells whether every call was paid for exactly once:
//   npm run bench:chaos -- [seed]
import { runChaos } from './chaos/run.mjs'
import { isExact } from './chaos/tally.mjs'

const seed = Number(process.argv[2] ?? 1)
const CREATES = 2_000
const WAITS = 1_000
const SHARE = 0.3

const startedAt = performance.now()
const books = await runChaos({ seed, creates: CREATES, waits: WAITS, share: SHARE })
const seconds = (performance.now() - startedAt) / 1_000

const byCode = Object.entries(books.failuresByCode).map(([code, count]) => `${code} ${count}`)
const rows = [
  ['seed', seed],
  ['faults', `${SHARE * 100} % of ${books.requests} requests`],
  ['time', `${seconds.toFixed(1)} s for ${(books.virtualMs / 60_000).toFixed(0)} virtual minutes`],
  ['calls that succeeded', `${books.callsThatSucceeded} of ${CREATES}`],
  ['waits that ended', `${books.waitsThatEnded} of ${WAITS}`],
  ['tasks bought per call that succeeded', books.boughtPerSuccess.toFixed(3)],
  ['lost handles', books.lostHandles],
  ['duplicates', books.duplicates],
  ['wrong ends', books.wrongEnds],
  ['failures on the way', `${books.failures} (${byCode.join(', ')})`],
  ['failures that carry key or handle', `${books.failuresWithKeyOrHandle} of ${books.failures}`],
]
for (const [name, value] of rows) console.log(String(name).padEnd(38), value)
if (!isExact(books)) {
  console.error('Not exactly once: see above.')
  process.exitCode = 1
}
