// Measures the library against other clients and bare requests, and writes bench/results.json and the
// pages that show its tables:
//   npm run bench                      everything, in less than ten minutes
//   npm run bench -- schedule waits    only these parts
//   npm run bench -- engines ledgers   need Redis and PostgreSQL, and run only when they are asked for
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { engines } from './parts/engines.mjs'
import { ledgers } from './parts/ledgers.mjs'
import { plot } from './parts/plot.mjs'
import { requests } from './parts/requests.mjs'
import { scale } from './parts/scale.mjs'
import { schedule } from './parts/schedule.mjs'
import { start } from './parts/start.mjs'
import { waits } from './parts/waits.mjs'
import { print } from './report.mjs'
import { withTables } from './tables.mjs'

/** @type {Record<string, () => import('./report.mjs').Outcome | Promise<import('./report.mjs').Outcome>>} */
const parts = { schedule, plot, requests, waits, start, scale, engines, ledgers }

// Redis and PostgreSQL, which not every machine has.
const needServers = new Set(['engines', 'ledgers'])

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !Object.hasOwn(parts, name))
if (unknown.length > 0) {
  console.error(`No part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}.`)
  process.exit(1)
}

const results = new URL('results.json', import.meta.url)
const known = () => {
  try {
    return JSON.parse(readFileSync(results, 'utf8'))
  } catch {
    return {}
  }
}

const measuredOn = {
  node: process.version,
  machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`,
}
/** @type {import('./report.mjs').Reached[]} */
const reached = []
for (const [name, part] of Object.entries(parts)) {
  const isChosen = asked.length > 0 ? asked.includes(name) : !needServers.has(name)
  if (!isChosen) continue
  const date = new Date().toISOString().slice(0, 16)
  const startedAt = performance.now()
  const outcome = await part()
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  for (const table of outcome.tables) print(table)
  console.log(`\n${name}: ${seconds} s`)
  reached.push(...outcome.reached)
  writeFileSync(
    results,
    `${JSON.stringify({ ...known(), [name]: { date, ...measuredOn, seconds, ...outcome } }, null, 2)}\n`,
  )
}
for (const path of [
  'README.md',
  '../README.md',
  '../README.zh-CN.md',
  '../docs/scale.md',
  '../docs/waiting.md',
  '../docs/runtimes.md',
]) {
  const page = new URL(path, import.meta.url)
  writeFileSync(page, withTables(readFileSync(page, 'utf8'), known()))
}
if (reached.length > 0) {
  print({
    title: 'Targets',
    rows: reached.map(({ met, ...row }) => ({ ...row, met: met ? 'yes' : 'no' })),
  })
}
