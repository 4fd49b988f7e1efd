import { brief } from './report.mjs'

/** @typedef {Record<string, import('./report.mjs').Outcome>} Results */

/**
 * A page with its tables made anew from the results: those between `<!-- bench: part number -->` and `<!-- end -->`.
 * @param {string} page
 * @param {Results} results
 */
export const withTables = (page, results) =>
  page.replaceAll(
    /(<!-- bench: (\w+) ?(\d*) -->\n).*?(<!-- end -->)/gs,
    (_, start, part, number, end) => `${start}\n${markdown(rowsOf(part, number, results))}\n${end}`,
  )

const rowsOf = (/** @type {string} */ part, /** @type {string} */ number, /** @type {Results} */ results) => {
  if (part === 'targets') return targets(results)
  if (part === 'reasons') return reasons(results)
  return results[part]?.tables[Number(number)]?.rows
}

/** Why the library rather than a loop: a figure for each reason, and the command that prints it. */
const reasons = (/** @type {Results} */ results) => {
  const cell = (
    /** @type {string} */ part,
    /** @type {number} */ table,
    /** @type {number} */ row,
    /** @type {string} */ name,
  ) => textOf(results[part]?.tables[table]?.rows[row]?.[name])
  const poll = (/** @type {number} */ row, /** @type {string} */ name) => cell('schedule', 1, row, name)
  const wait = (/** @type {number} */ row, /** @type {string} */ name) => cell('waits', 0, row, name)
  return [
    {
      'you get': 'retries that buy once',
      figure:
        '1.000 tasks bought per call that succeeded, 0 duplicates and 0 lost handles, where 30 % of the requests fail',
      'printed by': '`npm run bench:chaos`',
    },
    {
      'you get': 'fewer polls for the same delay',
      figure: `${poll(0, 'polls')} polls per Hailuo task, ${poll(0, 'mean delay s')} s mean delay; every 5 s: ${poll(6, 'polls')} polls, ${poll(6, 'mean delay s')} s`,
      'printed by': '`npm run bench -- schedule`',
    },
    {
      'you get': 'thousands of waits in one process',
      figure: `10,000 at once: ${wait(0, 'longest stall then, s')} s longest stall, ${wait(0, 'sockets')} sockets; a loop over \`fetch\`: ${wait(1, 'longest stall then, s')} s, ${wait(1, 'sockets')} sockets`,
      'printed by': '`npm run bench -- waits`',
    },
    {
      'you get': 'a place under the rate limit',
      figure: `ten processes that want twice the limit: ${cell('scale', 2, 1, 'refused')} refused polls; loops that heed \`Retry-After\`: ${cell('scale', 2, 0, 'refused')}`,
      'printed by': '`npm run bench -- scale`',
    },
  ]
}

const targets = (/** @type {Results} */ results) =>
  Object.values(results)
    .flatMap(({ reached }) => reached)
    .map(({ met, ...row }) => ({ ...row, met: met ? 'yes' : 'no' }))

const markdown = (/** @type {import('./report.mjs').Row[] | undefined} */ rows) => {
  const [first] = rows ?? []
  if (!rows || !first)
    throw new Error('bench/results.json lacks a table that a page shows; run npm run bench')
  const names = Object.keys(first)
  const isText = (/** @type {string} */ name) => rows.some((row) => typeof row[name] === 'string')
  const line = (/** @type {(string | undefined)[]} */ cells) => `| ${cells.join(' | ')} |\n`
  return [
    line(names.map((name) => name.trim())),
    line(names.map((name) => (isText(name) ? '---' : '---:'))),
    ...rows.map((row) => line(names.map((name) => textOf(row[name])))),
  ].join('')
}

const textOf = (/** @type {string | number | undefined} */ value) =>
  typeof value === 'number' ? brief(value) : value
