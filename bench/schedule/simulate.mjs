import { seededRandom } from '../seeded-random.mjs'
import { draw } from './laws.mjs'

/**
 * Polls and delay per task under a schedule, over seeded draws of the law. `stretch` makes every task take that many
 * times as long as the law says. Times in seconds.
 * @param {import('runapi-video').PollSchedule} schedule
 * @param {import('./laws.mjs').Law} law
 * @param {{ tasks: number, stretch?: number }} options
 */
export const simulate = (schedule, law, { tasks, stretch = 1 }) => {
  const random = seededRandom(7)
  const delays = new Float64Array(tasks)
  let polls = 0
  let total = 0
  for (let task = 0; task < tasks; task++) {
    const readyAt = draw(law, random) * stretch * 1_000
    let ageMs = 0
    let attempt = 0
    while (ageMs < readyAt || attempt === 0) ageMs += schedule({ ageMs, attempt: attempt++, random })
    polls += attempt
    const delay = (ageMs - readyAt) / 1_000
    delays[task] = delay
    total += delay
  }
  delays.sort()
  return {
    polls: polls / tasks,
    delay: total / tasks,
    p95: /** @type {number} */ (delays[Math.floor(tasks * 0.95)]),
  }
}
