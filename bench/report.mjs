/** @typedef {Record<string, string | number>} Row */
/** @typedef {{ title: string, rows: Row[] }} Table */
/** @typedef {{ what: string, reach: string, measured: string, met: boolean }} Reached */
/** @typedef {{ tables: Table[], reached: Reached[] }} Outcome */

/** A number with three digits that matter, and every digit before the point. */
export const brief = (/** @type {number} */ value) => {
  if (!Number.isFinite(value)) return '–'
  if (Number.isInteger(value)) return value.toLocaleString('en')
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Prints rows as columns: text to the left, numbers to the right. */
export const print = (/** @type {Table} */ { title, rows }) => {
  const names = Object.keys(rows[0] ?? {})
  const texts = rows.map((row) => names.map((name) => textOf(row[name])))
  const widths = names.map((name, i) => Math.max(name.length, ...texts.map((cells) => cells[i]?.length ?? 0)))
  const line = (/** @type {string[]} */ cells) =>
    cells
      .map((cell, i) => {
        const isText = rows.some((row) => typeof row[names[i] ?? ''] === 'string')
        return isText ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
      })
      .join('  ')
      .trimEnd()
  console.log(`\n${title}\n`)
  for (const cells of [names, ...texts]) console.log(line(cells))
}

const textOf = (/** @type {string | number | undefined} */ value) =>
  typeof value === 'number' ? brief(value) : (value ?? '')
