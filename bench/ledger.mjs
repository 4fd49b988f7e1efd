// Proves what docs/ledger.md promises, and what it costs:
//   npm run bench:ledger
import { fileURLToPath } from 'node:url'
import { costOfLedger } from './ledger/cost.mjs'
import { cutEverywhere } from './ledger/cut.mjs'
import { killAgain } from './ledger/kills.mjs'
import { loadLedger } from './ledger/load.mjs'
import { raceForHalf } from './ledger/race.mjs'

const program = fileURLToPath(new URL('ledger/shop.mjs', import.meta.url))
let isProven = true
const show = (/** @type {string} */ name, /** @type {object} */ facts, /** @type {boolean} */ holds) => {
  isProven &&= holds
  console.log(holds ? 'yes' : 'NO ', name.padEnd(44), JSON.stringify(facts))
}

const cut = await cutEverywhere({ orders: 2 })
show('cut after every byte', cut, cut.boughtAgain === 0 && cut.forgotten === 0)
for (const forgets of [false, true]) {
  const books = await killAgain({ program, kills: 100, orders: 40, forgets })
  const isWhole = books.done === books.orders && books.files === books.orders && books.sizesOfFiles === 1
  const isExact = forgets || (books.tasks === books.orders && books.ledgerCents === books.spentCents)
  show(
    `a hundred kills${forgets ? ', keys forgotten' : ''}`,
    books,
    isWhole && isExact && books.boughtAgain === 0,
  )
}
const race = await raceForHalf({ program, orders: 100 })
show('four processes on one limit', race, race.tasks === race.half && race.reservedCents === race.spentCents)
const load = await loadLedger({ orders: 100_000 })
show('a hundred thousand orders', load, load.seconds <= 2 && load.heapMegabytes <= 110)
const cost = await costOfLedger({ creates: 2_000, pairs: 9 })
show('cost of a create', cost, cost.cpuMsPerCreate <= 0.15 && cost.wallRatio <= 1.15)
if (!isProven) process.exitCode = 1
