import { callsInAnOutage } from '../scale/outage.mjs'
import { waitsUnderARateLimit } from '../scale/rate-limit.mjs'
import { draw, laws } from '../schedule/laws.mjs'
import { ours } from '../schedule/loops.mjs'
import { simulate } from '../schedule/simulate.mjs'
import { seededRandom } from '../seeded-random.mjs'

const TASKS = 30_000
const DAY = 86_400
const ANSWER_SECONDS = 0.2

/** What so many tasks a day ask of a process, and what budget and brake do when the service is in trouble. */
export const scale = async () => {
  const loads = /** @type {const} */ (['luma', 'hailuo']).flatMap((family) =>
    [1e4, 1e5, 1e6].map((tasks) => {
      const schedule = /** @type {import('runapi-video').PollSchedule} */ (ours[family].default)
      const { polls, delay } = simulate(schedule, laws[family], { tasks: TASKS })
      const pollsPerSecond = (tasks / DAY) * polls
      return {
        endpoint: family,
        'tasks a day': tasks,
        'waits at once': Math.round((tasks / DAY) * (meanTime(laws[family]) + delay)),
        'polls/s': pollsPerSecond,
        [`polls in flight, answers in ${ANSWER_SECONDS} s`]: pollsPerSecond * ANSWER_SECONDS,
      }
    }),
  )
  const { calls, requests, withoutBudget } = await callsInAnOutage()
  const outage = [{ calls, requests, 'requests without a budget': withoutBudget }]
  return {
    tables: [
      { title: 'Load at an even rate, default schedules', rows: loads },
      { title: 'One process in an outage: every answer is 503, two retries a call', rows: outage },
      {
        title:
          '10 processes, 1000 waits, polls every 5 s: 200 a second wanted, 100 allowed, Retry-After: 5; two minutes',
        rows: await waitsUnderARateLimit(),
      },
    ],
    reached: [],
  }
}

const meanTime = (/** @type {import('../schedule/laws.mjs').Law} */ law) => {
  const random = seededRandom(11)
  let total = 0
  for (let i = 0; i < TASKS; i++) total += draw(law, random)
  return total / TASKS
}
