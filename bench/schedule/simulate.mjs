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
    const seen = simulateTask(schedule, draw(law, random) * stretch, random)
    polls += seen.polls
    delays[task] = seen.delay
    total += seen.delay
  }
  delays.sort()
  return {
    polls: polls / tasks,
    delay: total / tasks,
    p95: /** @type {number} */ (delays[Math.floor(tasks * 0.95)]),
  }
}

/**
 * One task that is ready after so many seconds: when a poll saw it, and how many there were.
 * @param {import('runapi-video').PollSchedule} schedule
 * @param {number} readyAt
 * @param {() => number} random
 */
export const simulateTask = (schedule, readyAt, random) => {
  let ageMs = 0
  let polls = 0
  while (ageMs < readyAt * 1_000 || polls === 0) ageMs += schedule({ ageMs, attempt: polls++, random })
  return { ageMs, polls, delay: ageMs / 1_000 - readyAt }
}
