import { isTerminal, type TaskState } from '../contract/task-state'
import { ConfigurationError } from '../errors/configuration-error'
import { own, ownText } from '../platform/own'
import type { Session } from '../session'

/** What `settle` reads of a verified webhook: the event of `verifyWebhook` fits. */
export interface SettlingEvent<R = unknown> {
  /** The service's id of the task. */
  taskId: string
  /** The state that the webhook brought. */
  task: TaskState<R>
}

const STATUSES = ['pending', 'processing', 'completed', 'failed']

/** Hands the event's state to the waits of its task. Returns whether there were any. */
export const settle = ({ pollers }: Session, event: SettlingEvent): boolean => {
  const taskId = ownText(event, 'taskId')
  const state = own(event, 'task')
  if (taskId === undefined || !STATUSES.includes(ownText(state, 'status') ?? '')) {
    throw new ConfigurationError('event: must be what verifyWebhook gave, unchanged')
  }
  return pollers.deliverNews(taskId, event.task, isTerminal(event.task))
}
