import type { Task } from '../contract/task-handle'
import { checkCount } from '../settings/checks'
import { coreOf } from './task'
import { ageMs, scheduleOf } from './task-core'

/**
 * How many milliseconds to sleep before the next `poll()`, by the endpoint's schedule and the task's age: for engines
 * that bring their own sleep. `attempt` counts the polls made so far, from 0.
 *
 * @example
 * await step.sleep(nextDelay(task, { attempt }))
 */
export const nextDelay = <R>(task: Task<R>, { attempt = 0 }: { attempt?: number } = {}): number => {
  const core = coreOf(task)
  const { random } = core.session.settings
  checkCount('attempt', attempt, 0)
  return Math.round(scheduleOf(core)({ ageMs: ageMs(core), attempt, random }))
}
