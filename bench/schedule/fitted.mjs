import { schedules } from 'runapi-video'
import { seededRandom } from '../seeded-random.mjs'
import { draw, laws } from './laws.mjs'
import { optimum, optimumAt } from './optimum.mjs'
import { simulateTask } from './simulate.mjs'

const LEARNERS = 300
const LEARNED_FROM = 20
const TASKS_EACH = 200

/**
 * What a client saves that fits its schedule to the last completions of its own, where tasks take other times than the
 * law says. Cost: polls, and delay at the price at which the optimum of the right law delays as the default does.
 */
export const fitted = () =>
  /** @type {const} */ (['luma', 'hailuo']).flatMap((family) => {
    const schedule = schedules[family]
    const law = laws[family]
    const { delay } = over(() => schedule, law, 1)
    const price = Number(optimum(law).find((point) => point.delay >= delay)?.price)
    return [0.5, 1, 2, 4].map((stretch) => {
      // A law that is so many times as slow is the law itself with a dearer delay.
      const best = optimumAt(law, price * stretch)
      const cost = (/** @type {{ polls: number, delay: number }} */ { polls, delay }) =>
        (polls + price * delay) / (best.polls + price * stretch * best.delay)
      const asItIs = over(() => schedule, law, stretch)
      const learned = over((agesMs) => schedules.fitted(agesMs, schedule), law, stretch)
      return {
        endpoint: family,
        'tasks take': `×${stretch}`,
        'polls, default': asItIs.polls,
        'delay, s': asItIs.delay,
        'cost, × optimum': cost(asItIs),
        'polls, fitted': learned.polls,
        'delay, s ': learned.delay,
        'cost, × optimum ': cost(learned),
      }
    })
  })

/**
 * Polls and delay per task, over clients that each see some completions under the default and go on with what they make
 * of them.
 * @param {(agesMs: number[]) => import('runapi-video').PollSchedule} make
 * @param {import('./laws.mjs').Law} law
 * @param {number} stretch
 */
const over = (make, law, stretch) => {
  const random = seededRandom(11)
  const first = law === laws.luma ? schedules.luma : schedules.hailuo
  const next = (/** @type {import('runapi-video').PollSchedule} */ schedule) =>
    simulateTask(schedule, draw(law, random) * stretch, random)
  let polls = 0
  let delay = 0
  for (let learner = 0; learner < LEARNERS; learner++) {
    const schedule = make(Array.from({ length: LEARNED_FROM }, () => next(first).ageMs))
    for (let task = 0; task < TASKS_EACH; task++) {
      const seen = next(schedule)
      polls += seen.polls
      delay += seen.delay
    }
  }
  return { polls: polls / (LEARNERS * TASKS_EACH), delay: delay / (LEARNERS * TASKS_EACH) }
}
