import { own, ownText } from '../platform/own'

/** Reads the task's id from an answer or a webhook body; sources disagree on its place. */
export const readTaskId = (body: unknown): string | undefined => taskIdsIn(body)[0]

/** Every id that an answer or a webhook body names its task by, the likeliest first. */
export const taskIdsIn = (body: unknown): string[] => {
  const data = own(body, 'data')
  const ids = [idIn(body, 'id'), idIn(body, 'task_id'), idIn(data, 'id'), idIn(data, 'task_id')]
  return ids.filter((id) => id !== undefined)
}

// An integer beyond 2^53 has lost digits in JSON.parse: no id is better than another task's.
const idIn = (from: unknown, name: string): string | undefined => {
  const value = own(from, name)
  return Number.isSafeInteger(value) ? String(value) : ownText(from, name)
}
