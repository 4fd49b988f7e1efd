import { writeFileSync } from 'node:fs'
import { drawPlot } from '../schedule/draw-plot.mjs'
import { laws } from '../schedule/laws.mjs'
import { others, ours } from '../schedule/loops.mjs'
import { optimum } from '../schedule/optimum.mjs'
import { simulate } from '../schedule/simulate.mjs'

const TASKS = 30_000
const picture = new URL('../../docs/polls-against-delay.svg', import.meta.url)

/** Draws polls against delay into docs/. */
export const plot = () => {
  const panelOf = (/** @type {'luma' | 'hailuo'} */ family, /** @type {string} */ title) => {
    const law = laws[family]
    const pointsOf = (/** @type {Record<string, import('runapi-video').PollSchedule>} */ loops) =>
      Object.entries(loops).map(([label, loop]) => ({ label, ...simulate(loop, law, { tasks: TASKS }) }))
    return { title, optimum: optimum(law), others: pointsOf(others), ours: pointsOf(ours[family]) }
  }
  writeFileSync(picture, drawPlot([panelOf('luma', 'Luma'), panelOf('hailuo', 'Hailuo')]))
  return { tables: [], reached: [] }
}
