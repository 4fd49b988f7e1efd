import type { Task } from '../contract/task-handle'
import type { CompletedState } from '../contract/task-state'

/** What is printed of a completed task. What the service sent besides stays out: it may hold anything. */
export const resultOf = (task: Task, { raw: _, status, videos, ...rest }: CompletedState) => ({
  status,
  videos,
  ...rest,
  task: task.toJSON(),
})
