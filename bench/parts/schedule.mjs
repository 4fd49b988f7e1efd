import { fitted } from '../schedule/fitted.mjs'
import { laws } from '../schedule/laws.mjs'
import { others, ours } from '../schedule/loops.mjs'
import { optimum, pollsAt } from '../schedule/optimum.mjs'
import { simulate } from '../schedule/simulate.mjs'

const TASKS = 100_000
const TASKS_WHEN_OFF = 30_000

/** Polls per task and how late a result is seen: the library's schedules, other loops, and the theoretical optimum. */
export const schedule = () => {
  /** @type {import('../report.mjs').Table[]} */
  const tables = []
  const families = /** @type {const} */ (['luma', 'hailuo'])
  for (const family of families) {
    const law = laws[family]
    const curve = optimum(law)
    const rows = Object.entries({ ...ours[family], ...others }).map(([loop, poll]) => {
      const { polls, delay, p95 } = simulate(poll, law, { tasks: TASKS })
      // The optimum of a law that is k times as slow is the optimum of the law itself, with k times the delay.
      const off = (/** @type {number} */ stretch) => {
        const seen = simulate(poll, law, { tasks: TASKS_WHEN_OFF, stretch })
        return seen.polls / pollsAt(curve, seen.delay / stretch)
      }
      return {
        loop,
        polls: polls,
        'mean delay s': delay,
        'p95 delay s': p95,
        'optimum polls at that delay': pollsAt(curve, delay),
        'times the optimum': polls / pollsAt(curve, delay),
        'law off by ×½': off(0.5),
        '×2': off(2),
        '×4': off(4),
      }
    })
    tables.push({ title: `${family}: polls and delay per task`, rows })
  }
  const [luma, hailuo] = tables.map(({ rows }) => rows[0])
  tables.push({ title: 'Default schedules, and those fitted to 20 completions', rows: fitted() })
  const reached = [reach('Luma', luma, 16), reach('Hailuo', hailuo, 15)]
  return { tables, reached }
}

const reach = (
  /** @type {string} */ name,
  /** @type {import('../report.mjs').Row | undefined} */ row,
  /** @type {number} */ most,
) => {
  const polls = Number(row?.polls)
  const delay = Number(row?.['mean delay s'])
  return {
    what: `${name}: polls per task, default schedule`,
    reach: `≤ ${most} at ≤ 2.6 s mean delay`,
    measured: `${polls.toFixed(1)} at ${delay.toFixed(2)} s`,
    met: polls <= most && delay <= 2.6,
  }
}
