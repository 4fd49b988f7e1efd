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
  if (part === 'reasonsInChinese') return reasonsInChinese(results)
  return results[part]?.tables[Number(number)]?.rows
}

/**
 * Why the library rather than a loop: a figure for each reason, and the command that prints it.
 * @param {Results} results
 */
const reasons = (results) => {
  const figures = figuresOf(results)
  return rowsUnder(
    ['you get', 'figure', 'printed by'],
    [
      'retries that buy once',
      '1.000 tasks bought per call that succeeded, 0 duplicates and 0 lost handles, where 30 % of the requests fail',
      'fewer polls for the same delay',
      `${figures.polls} polls per Hailuo task, ${figures.delay} s mean delay; every 5 s: ${figures.fixedPolls} polls, ${figures.fixedDelay} s`,
      'thousands of waits in one process',
      `10,000 at once: ${figures.stall} s longest stall, ${figures.sockets} sockets; a loop over \`fetch\`: ${figures.loopStall} s, ${figures.loopSockets} sockets`,
      'a place under the rate limit',
      `ten processes that want twice the limit: ${figures.refused} refused polls; loops that heed \`Retry-After\`: ${figures.loopRefused}`,
    ],
  )
}

/**
 * The same in Chinese.
 * @param {Results} results
 */
const reasonsInChinese = (results) => {
  const figures = figuresOf(results)
  return rowsUnder(
    ['好处', '数字', '命令'],
    [
      '重试不会重复购买',
      '30 % 的请求出错时，每次成功的调用购买 1.000 个任务，重复 0，丢失句柄 0',
      '延迟相同，轮询更少',
      `每个 Hailuo 任务轮询 ${figures.polls} 次，平均延迟 ${figures.delay} 秒；每 5 秒轮询一次：${figures.fixedPolls} 次，${figures.fixedDelay} 秒`,
      '一个进程等待上万个任务',
      `同时等待 10,000 个：最长停顿 ${figures.stall} 秒，${figures.sockets} 个连接；用 \`fetch\` 循环：${figures.loopStall} 秒，${figures.loopSockets} 个`,
      '限流时不硬撞',
      `十个进程的需求是限额的两倍：被拒绝 ${figures.refused} 次；遵守 \`Retry-After\` 的循环：${figures.loopRefused} 次`,
    ],
  )
}

/** The commands that print the figures, a reason each. */
const COMMANDS = ['bench:chaos', 'bench -- schedule', 'bench -- waits', 'bench -- scale']

/**
 * @param {readonly [string, string, string]} names
 * @param {readonly string[]} texts a reason and its figure, in turns
 */
const rowsUnder = ([reason, figure, command], texts) =>
  COMMANDS.map((name, index) => ({
    [reason]: texts[2 * index] ?? '',
    [figure]: texts[2 * index + 1] ?? '',
    [command]: `\`npm run ${name}\``,
  }))

/** @param {Results} results */
const figuresOf = (results) => {
  /** @param {string} part @param {number} table @param {number} row @param {string} name */
  const cell = (part, table, row, name) => textOf(results[part]?.tables[table]?.rows[row]?.[name])
  return {
    polls: cell('schedule', 1, 0, 'polls'),
    delay: cell('schedule', 1, 0, 'mean delay s'),
    fixedPolls: cell('schedule', 1, 6, 'polls'),
    fixedDelay: cell('schedule', 1, 6, 'mean delay s'),
    stall: cell('waits', 0, 0, 'longest stall then, s'),
    sockets: cell('waits', 0, 0, 'sockets'),
    loopStall: cell('waits', 0, 1, 'longest stall then, s'),
    loopSockets: cell('waits', 0, 1, 'sockets'),
    refused: cell('scale', 2, 1, 'refused'),
    loopRefused: cell('scale', 2, 0, 'refused'),
  }
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
