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
    (_, start, part, number, end) =>
      `${start}\n${markdown(part === 'targets' ? targets(results) : results[part]?.tables[number]?.rows)}\n${end}`,
  )

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
